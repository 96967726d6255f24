import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import { scaled } from "../setup/timeouts.ts";
import { CHROMIUM, openConsole, type OpenConsole } from "./open-console.ts";
import { shownPixels } from "./shown-pixels.ts";

const SIDE = 256;
const SLICES = createSampleSeries(3);

/** The samples of a slice, which end its file: 16 bits, little endian. */
function samplesOf(slice: number): Int16Array {
  const bytes = SLICES[slice]?.bytes ?? new Uint8Array();
  return new Int16Array(new Uint8Array(bytes.slice(bytes.length - 2 * SIDE * SIDE)).buffer);
}

/** PS3.3 C.11.2.1.2.1, with an output of 0 to 255. */
function greyAt(value: number, center: number, width: number): number {
  if (value <= center - 0.5 - (width - 1) / 2) return 0;
  if (value > center - 0.5 + (width - 1) / 2) return 255;
  return Math.round(((value - (center - 0.5)) / (width - 1) + 0.5) * 255);
}

const shownSlice = (page: Page): Promise<number[][]> => shownPixels(page, SIDE, SIDE);

describe.skipIf(CHROMIUM === undefined)("the console's viewer", { timeout: scaled(60_000) }, () => {
  let console: OpenConsole;
  let folder: string;
  let screen: string;
  let page: Page;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "healthimaging-local-viewer-"));
    for (const { name, bytes } of SLICES) await writeFile(join(folder, name), bytes);
    console = await openConsole();
    const { datastoreId, imageSets } = await console.emulator.control.importFolder(folder);
    screen = `data-stores/${datastoreId}/image-sets/${imageSets[0]?.imageSetId}`;
  }, scaled(60_000));
  afterEach(async () => {
    await page.close();
    await console.emulator.control.scenarios.removeAll();
    await console.emulator.control.clock.resume();
  });
  afterAll(async () => {
    await console.close();
    await rm(folder, { recursive: true });
  });

  const open = async (): Promise<void> => {
    page = await console.open(screen, { viewport: { width: 1280, height: 900 }, deviceScaleFactor: 1 });
  };
  const verified = (count: number): Promise<void> =>
    expect.poll(() => page.getByText("verified", { exact: true }).count()).toBe(count);

  test("shows the pixels of the file, in the window of its metadata and in another one", async () => {
    await open();
    await verified(2);
    const samples = [...samplesOf(0)];
    const expected = (center: number, width: number): number[][] =>
      samples.map((value) => Array<number>(3).fill(greyAt(value, center, width)));
    await expect.poll(() => shownSlice(page)).toEqual(expected(40, 400));
    await page.getByLabel("Center").fill("-600");
    await page.getByLabel("Width").fill("1500");
    await page.getByLabel("Width").press("Tab");
    await expect.poll(() => shownSlice(page)).toEqual(expected(-600, 1500));
    expect(console.faults).toEqual([]);
  });

  test("is used with the keyboard alone: frames, inversion, zoom", async () => {
    await open();
    await verified(2);
    await page.locator("canvas.frame").focus();
    await page.keyboard.press("End");
    await page.getByText("Frame 3 of 3").first().waitFor();
    await verified(2);
    await page.keyboard.press("i");
    expect(await page.getByRole("button", { name: "Invert" }).getAttribute("aria-pressed")).toBe("true");
    const inverted = [...samplesOf(2)].map((value) => Array<number>(3).fill(255 - greyAt(value, 40, 400)));
    await expect.poll(() => shownSlice(page)).toEqual(inverted);
    await page.keyboard.press("+");
    await expect.poll(() => shownSlice(page)).not.toEqual(inverted);
    await page.keyboard.press("0");
    await page.keyboard.press("i");
    await expect.poll(() => shownSlice(page)).toEqual(inverted);
  });

  test("shows the stored and the rescaled value below the cursor", async () => {
    await open();
    await verified(2);
    const box = await page.locator("canvas.frame").boundingBox();
    if (box === null) throw new Error("the canvas is not visible");
    const scale = Math.min(box.width, box.height) / SIDE;
    const [column, row] = [120, 90];
    await page.mouse.move(
      box.x + (box.width - SIDE * scale) / 2 + (column + 0.5) * scale,
      box.y + (box.height - SIDE * scale) / 2 + (row + 0.5) * scale,
    );
    const value = samplesOf(0)[row * SIDE + column];
    await page.getByText(`(${column}, ${row}) = ${value}, rescaled ${value} HU`).waitFor();
  });

  test("says when the checksum of a frame differs, and which rule did it", async () => {
    await console.emulator.control.scenarios.activate("frame-corrupt");
    await open();
    await page.getByText("checksum differs").first().waitFor();
    await page.getByText("frame-corrupt/flipped-bits").first().waitFor();
  });

  test("says when a frame ends too early, and shows what has arrived", async () => {
    await console.emulator.control.scenarios.activate("frame-truncated");
    await open();
    await page.getByText("the frame ends too early").waitFor();
    await page.getByText("missing").first().waitFor();
  });

  test("shows each level as soon as its bytes are there", async () => {
    const { control } = console.emulator;
    await control.scenarios.put(
      "slow",
      "rules: [{ id: slow, match: { op: GetImageFrame }, effects: [{ slow: { bytesPerSecond: 8192 } }] }]",
      { activate: true },
    );
    await control.clock.freeze();
    await open();
    const levels = page.getByRole("region", { name: "Resolution levels" }).getByRole("listitem");
    const states = async (): Promise<string> =>
      (await levels.allTextContents())
        .map((text) => /verified|not listed|\.\.\./.exec(text)?.[0] ?? text)
        .join(", ");
    const seen = new Set<string>();
    await expect
      .poll(
        async () => {
          await control.clock.advance("200ms");
          const now = await states();
          seen.add(now);
          return now;
        },
        { interval: 20 },
      )
      .toBe("not listed, verified, verified");
    const order = [
      "",
      "..., ..., ...",
      "not listed, ..., ...",
      "not listed, verified, ...",
      "not listed, verified, verified",
    ];
    expect([...seen]).toEqual(order.filter((state) => seen.has(state)));
    expect(seen.has("not listed, ..., ...") || seen.has("not listed, verified, ...")).toBe(true);
  });

  test("stops at a level", async () => {
    await open();
    await verified(2);
    await page.getByLabel("Stop at").selectOption({ label: "128 × 128" });
    await page.getByText("not read").waitFor();
    await verified(1);
  });
});
