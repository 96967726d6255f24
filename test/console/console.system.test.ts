import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import { scaled } from "../setup/timeouts.ts";
import { axeFindings } from "./axe-findings.ts";
import { CHROMIUM, openConsole, type OpenConsole } from "./open-console.ts";

describe.skipIf(CHROMIUM === undefined)("the console in a browser", { timeout: scaled(60_000) }, () => {
  let console: OpenConsole;
  let folder: string;
  /** Paths of all screens, with an address that has data. */
  let screens: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "healthimaging-local-console-"));
    for (const { name, bytes } of createSampleSeries(3)) await writeFile(join(folder, name), bytes);
    console = await openConsole();
    const { datastoreId, imageSets } = await console.emulator.control.importFolder(folder);
    const store = `data-stores/${datastoreId}`;
    screens = [
      "data-stores",
      store,
      `${store}/image-sets/${imageSets[0]?.imageSetId}`,
      `${store}/import-jobs`,
      "import",
      "buckets",
      "buckets/healthimaging-local-import",
      "scenarios",
      "clock",
      "limits",
      "journal",
      "report",
      "snapshots",
    ];
  }, scaled(60_000));
  afterAll(async () => {
    await console.close();
    await rm(folder, { recursive: true });
  });

  test("every screen opens, without a finding of axe-core and without an error", async () => {
    const found: string[] = [];
    for (const screen of screens) {
      // axe-core comes from the test, which the policy would not let in.
      const page = await console.open(screen, { bypassCSP: true });
      await page.getByText("Loading ...").first().waitFor({ state: "detached" });
      found.push(...(await axeFindings(page)).map((finding) => `${screen}: ${finding}`));
      await page.close();
    }
    expect(found).toEqual([]);
    expect(console.faults).toEqual([]);
  });

  test("every screen fits into 360 pixels", async () => {
    const tooWide: string[] = [];
    const page = await console.open("", { viewport: { width: 360, height: 740 } });
    for (const screen of screens) {
      await page.goto(`${console.emulator.url}/#/${screen}`);
      await page.getByText("Loading ...").first().waitFor({ state: "detached" });
      const width = await page.evaluate("document.documentElement.scrollWidth");
      if (Number(width) > 360) tooWide.push(`${screen}: ${String(width)}`);
    }
    await page.close();
    expect(tooWide).toEqual([]);
  });

  test("the policy lets nothing in that the emulator does not serve", async () => {
    const page = await console.open("data-stores");
    await page.getByRole("table").waitFor();
    expect(await page.title()).toBe("Data stores - healthimaging-local");
    await page.close();
    expect(console.faults).toEqual([]);
  });
});
