import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startEmulator } from "../../src/index.ts";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import { scaled } from "../setup/timeouts.ts";
import { CHROMIUM, openConsole, type OpenConsole } from "./open-console.ts";

/** Drops files and folders of the disk on an element, as a file manager does. */
async function drop(page: Page, selector: string, files: readonly string[]): Promise<void> {
  const box = await page.locator(selector).boundingBox();
  if (box === null) throw new Error(`${selector} is not visible`);
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const)
    await session.send("Input.dispatchDragEvent", { type, x: box.x + 20, y: box.y + 20, data });
}

describe.skipIf(CHROMIUM === undefined)("what is done in the console", { timeout: scaled(60_000) }, () => {
  let console: OpenConsole;
  let folder: string;
  let page: Page;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "healthimaging-local-actions-"));
    await mkdir(join(folder, "ct"));
    for (const { name, bytes } of createSampleSeries(3)) await writeFile(join(folder, "ct", name), bytes);
    await writeFile(join(folder, "ct", "notes.txt"), "these are not DICOM");
    console = await openConsole();
  }, scaled(60_000));
  afterEach(async () => {
    await page.close();
    console.faults.length = 0;
    await console.emulator.control.reset({ buckets: true });
  });
  afterAll(async () => {
    await console.close();
    await rm(folder, { recursive: true });
  });

  test("a folder that is dropped is imported; the file that failed is listed, and the image is one click away", async () => {
    page = await console.open("import");
    await drop(page, ".drop", [join(folder, "ct")]);
    await page.getByText("1 image sets, 1 files failed.").waitFor();
    await page.getByRole("cell", { name: "ct/notes.txt" }).waitFor();
    await page.getByRole("link", { name: "Show the images" }).click();
    await page.getByText("Frame 1 of 3").first().waitFor();
    await expect.poll(() => page.getByText("verified", { exact: true }).count()).toBe(2);
    const report = await console.emulator.control.report();
    expect(report.accounts).toEqual([]);
    expect(console.faults).toEqual([]);
  });

  test("a scenario is switched on, seen in the journal, and switched off", async () => {
    page = await console.open("scenarios");
    await page.getByRole("button", { name: "Switch on region-outage" }).click();
    await page.getByRole("region", { name: "Scenario region-outage" }).getByText("active").waitFor();
    await fetch(`${console.emulator.url}/datastore`);
    await page.getByRole("link", { name: "Journal", exact: true }).click();
    await page
      .getByRole("cell", { name: /^region-outage\// })
      .first()
      .waitFor();
    await page.getByRole("button", { name: "ListDatastores" }).first().click();
    await page.getByText(/^aws medical-imaging list-datastores --endpoint-url/).waitFor();
    await page.getByRole("link", { name: "Scenarios", exact: true }).click();
    await page.getByRole("button", { name: "Switch off" }).click();
    await page.getByText("region-outage is off.").waitFor();
    expect((await fetch(`${console.emulator.url}/datastore`)).status).toBe(200);
  });

  test("the clock is frozen and moved, and says what happened", async () => {
    page = await console.open("clock");
    await page.getByRole("button", { name: "Freeze" }).click();
    await page.getByText("frozen").waitFor();
    await fetch(`${console.emulator.url}/datastore`, {
      method: "POST",
      body: JSON.stringify({ datastoreName: "later", clientToken: "1" }),
    });
    await page.getByRole("button", { name: "Advance 10s" }).click();
    await page.getByText("1 changes happened.").waitFor();
    await page.getByRole("cell", { name: "ACTIVE" }).waitFor();
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByText("running").waitFor();
  });

  test("a data store is made and deleted, and a limit is changed, with the keyboard alone", async () => {
    page = await console.open("data-stores");
    await page.getByLabel("Name").focus();
    await page.keyboard.type("by-keyboard");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "by-keyboard" }).waitFor();
    await page.goto(`${console.emulator.url}/#/limits`);
    await page.getByLabel("Pattern").focus();
    await page.keyboard.type("medical-imaging:Delete*");
    await page.keyboard.press("Enter");
    await page.getByText("medical-imaging:Delete* is denied.").waitFor();
    expect((await console.emulator.control.limits.get()).deny).toEqual(["medical-imaging:Delete*"]);
    await page.goto(`${console.emulator.url}/#/data-stores`);
    await expect
      .poll(async () => {
        await page.getByRole("button", { name: "Refresh" }).press("Enter");
        return page.getByRole("button", { name: "Delete" }).count();
      })
      .toBe(1);
    await page.getByRole("button", { name: "Delete" }).press("Enter");
    await page.getByRole("group", { name: "Delete" }).getByRole("button", { name: "Delete" }).press("Enter");
    await page.getByText("AccessDeniedException 403").waitFor();
  });

  test("data stores of another account and region are one click away, and those of the default account too", async () => {
    const authorization =
      "AWS4-HMAC-SHA256 Credential=111122223333/20261129/eu-west-1/medical-imaging/aws4_request, SignedHeaders=host, Signature=0";
    await fetch(`${console.emulator.url}/datastore`, {
      method: "POST",
      headers: { authorization },
      body: JSON.stringify({ datastoreName: "theirs", clientToken: "1" }),
    });
    page = await console.open("data-stores");
    await page.getByRole("button", { name: "111122223333, eu-west-1: 1" }).click();
    await page.getByRole("link", { name: "theirs" }).waitFor();
    await page.getByRole("button", { name: "111122223333, eu-west-1" }).click();
    await page.getByLabel("Account (12 digits) or access key").fill("");
    await page.getByRole("button", { name: "Show", exact: true }).click();
    await page.getByText("No data store yet.").waitFor();
    expect(console.faults).toEqual([]);
  });

  test("the image sets of a study are found by a click, and an instance is saved as a DICOM file", async () => {
    const { datastoreId } = await console.emulator.control.importFolder(join(folder, "ct"), {
      accessKeyId: "111122223333",
    });
    page = await console.open("data-stores");
    await page.getByRole("button", { name: /^111122223333, us-east-1/ }).click();
    await page.goto(`${console.emulator.url}/#/data-stores/${datastoreId}`);
    await page.getByRole("button", { name: "Phantom study" }).click();
    await page.getByText("Study instance UID 2.25.291834617234511289.1").waitFor();
    await page.getByRole("link", { name: "Phantom^Demo" }).click();
    const saved = page.waitForEvent("download");
    await page.getByRole("link", { name: "Save as DICOM" }).click();
    const bytes = await readFile(await (await saved).path());
    expect(bytes.toString("latin1", 128, 132)).toBe("DICM");
  });

  test("a snapshot is saved, the emulator is reset, and the snapshot is restored", async () => {
    await console.emulator.control.importFolder(join(folder, "ct"));
    page = await console.open("snapshots");
    await page.getByRole("textbox", { name: "Name" }).fill("monday");
    await page.getByRole("button", { name: "Save the current data" }).click();
    await page.getByText("monday is saved.").waitFor();
    await page.getByRole("button", { name: "Reset", exact: true }).click();
    await page.getByRole("group", { name: "Reset" }).getByRole("button", { name: "Reset" }).click();
    await page.getByText(/^Everything is as at the start/).waitFor();
    await page.getByRole("button", { name: "Restore" }).click();
    await page.getByRole("group", { name: "Restore" }).getByRole("button", { name: "Restore" }).click();
    await page.getByText("monday is restored.").waitFor();
    await page.getByRole("link", { name: "Data stores" }).click();
    await page.getByRole("link", { name: "ct", exact: true }).waitFor();
    await console.emulator.control.snapshots.remove("monday");
  });
});

test.skipIf(CHROMIUM === undefined)(
  "the console says that the emulator is gone, and continues with the next one at its address",
  { timeout: scaled(60_000) },
  async () => {
    const console = await openConsole();
    const page = await console.open("data-stores");
    await page.getByText("No data store yet.").waitFor();
    await console.emulator.close();
    await page.getByRole("button", { name: "Refresh" }).click();
    await page.getByText("The emulator does not answer.").waitFor();
    const next = await startEmulator({ port: console.emulator.port });
    await page.getByText("The emulator does not answer.").waitFor({ state: "detached" });
    await page.getByText("No data store yet.").waitFor();
    await next.close();
    await console.browser.close();
  },
);
