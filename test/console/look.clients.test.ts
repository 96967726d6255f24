import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scaled } from "../setup/timeouts.ts";
import { axeFindings } from "./axe-findings.ts";
import { CHROMIUM, openConsole, type OpenConsole } from "./open-console.ts";
import { shownPixels } from "./shown-pixels.ts";

const NATIVE = join(import.meta.dirname, "../corpus/native");

/** The Pixel Data of a file, which ends with it. */
async function pixelData(name: string, byteLength: number): Promise<Uint8Array> {
  const bytes = await readFile(join(NATIVE, name));
  return new Uint8Array(bytes.subarray(bytes.length - byteLength));
}

const byte = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));

/** PS3.3 C.7.6.3.1.2, solved for red, green and blue. */
const rgbOfYbr = ([y = 0, cb = 0, cr = 0]: readonly number[]): number[] => [
  byte(y + 1.402 * (cr - 128)),
  byte(y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128)),
  byte(y + 1.772 * (cb - 128)),
];

const inThrees = (values: Iterable<number>): number[][] => {
  const all = [...values];
  return Array.from({ length: all.length / 3 }, (_, index) => all.slice(3 * index, 3 * index + 3));
};

describe.skipIf(CHROMIUM === undefined)("the look of the console", { timeout: scaled(60_000) }, () => {
  let console: OpenConsole;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "healthimaging-local-look-"));
    console = await openConsole();
  }, scaled(60_000));
  afterAll(async () => {
    await console.close();
    await rm(folder, { recursive: true });
  });

  test.each([
    [
      "YBR_FULL",
      "ybr-full.dcm",
      [22, 18],
      async () => inThrees(await pixelData("ybr-full.dcm", 22 * 18 * 3)).map(rgbOfYbr),
    ],
    [
      "RGB of 16 bits",
      "rgb-16bit-planar0.dcm",
      [20, 18],
      async () => {
        const bytes = await pixelData("rgb-16bit-planar0.dcm", 20 * 18 * 6);
        return inThrees(new Uint16Array(bytes.buffer).map((sample) => sample >> 8));
      },
    ],
    [
      "MONOCHROME1, whose lowest value is white",
      "mono1-8bit.dcm",
      [32, 24],
      async () => {
        const samples = [...(await pixelData("mono1-8bit.dcm", 32 * 24))];
        const [low, high] = [Math.min(...samples), Math.max(...samples)];
        const grey = (value: number): number => Math.round(((value - low) / (high - low)) * 255);
        return samples.map((value) => Array<number>(3).fill(255 - grey(value)));
      },
    ],
  ] as const)("the colours of %s are right", async (_, name, [columns, rows], expected) => {
    const one = await mkdtemp(join(folder, "one-"));
    await copyFile(join(NATIVE, name), join(one, name));
    const { datastoreId, imageSets } = await console.emulator.control.importFolder(one);
    const page = await console.open(`data-stores/${datastoreId}/image-sets/${imageSets[0]?.imageSetId}`, {
      viewport: { width: 1280, height: 900 },
      deviceScaleFactor: 1,
    });
    await page.getByText("verified", { exact: true }).waitFor();
    const wanted = await expected();
    await expect.poll(() => shownPixels(page, columns, rows)).toEqual(wanted);
    await page.close();
  });

  test("has no finding of axe-core in dark", async () => {
    const found: string[] = [];
    for (const screen of [
      "data-stores",
      "import",
      "buckets",
      "scenarios",
      "clock",
      "limits",
      "journal",
      "report",
      "snapshots",
    ]) {
      // axe-core comes from the test, which the policy would not let in.
      const page = await console.open(screen, { colorScheme: "dark", bypassCSP: true });
      await page.getByText("Loading ...").first().waitFor({ state: "detached" });
      found.push(...(await axeFindings(page)).map((finding) => `${screen}: ${finding}`));
      await page.close();
    }
    expect(found).toEqual([]);
  });
});
