import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seedFolder } from "../../../src/app/cli/seed-folder.ts";
import { SERVICE_RELEASES } from "../../../src/api/releases/service-release.ts";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { openServer, type ServerSandbox } from "../../clients.ts";
import { dicomFile, element, instanceElements } from "../../imaging/dicom/write-dicom.ts";
import { runHere } from "../../app/cli/command-line.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  const slices = createSampleSeries(4).map(({ bytes }) => bytes);
  const otherPatient = (bytes: Uint8Array): Uint8Array =>
    Buffer.from(Buffer.from(bytes).toString("latin1").replaceAll("PHANTOM-1", "PHANTOM-2"), "latin1");
  const named = (name: string, number: number): Uint8Array =>
    dicomFile(
      instanceElements(element("00080018", "UI", `1.2.3.${number}`), element("00100010", "PN", name)),
    );
  await write("first", slices.slice(0, 2));
  await write("rest", slices.slice(2));
  await write("other", slices.slice(0, 2).map(otherPatient));
  const odd = [element("0020000D", "UI", "1.02"), element("00200010", "SH", "x".repeat(17))];
  await write("odd", [dicomFile(instanceElements(...odd))]);
  await write("names", [named("Doe^Jane", 1), named("Doe^J", 2)]);
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, files: readonly Uint8Array[]): Promise<void> {
  await mkdir(join(folder, name));
  for (const [index, bytes] of files.entries()) await writeFile(join(folder, name, `${index}.dcm`), bytes);
}

/** What `import` prints of image sets and files, without their ids. */
async function importInto({ emulator }: ServerSandbox, name: string): Promise<string> {
  const args = ["import", join(folder, name), "--datastore", "halves", "--endpoint", emulator.url];
  const { code, stdout } = await runHere(args);
  expect(code).toBe(0);
  return stdout.slice(stdout.indexOf("image sets")).replaceAll(/[0-9a-f]{32}/g, "ID");
}

const IMAGE_SET = "image sets  1\n  ID  CT       ";

test("with release 2024-05 import prints new image sets", async () => {
  await using sandbox = await openServer({ serviceRelease: "2024-05" });
  const printed = `${IMAGE_SET}2 instances, 2 frames  patient PHANTOM-1, Ellipsoid phantom\n`;
  expect(await importInto(sandbox, "first")).toBe(printed);
  expect(await importInto(sandbox, "rest")).toBe(printed);
});

test("with release 2026-06 import prints versions, image sets that are not primary, and warnings", async () => {
  await using sandbox = await openServer({ serviceRelease: "2026-06" });
  const of = "frames  patient PHANTOM-1, Ellipsoid phantom";
  expect(await importInto(sandbox, "first")).toBe(`${IMAGE_SET}2 instances, 2 ${of}\n`);
  expect(await importInto(sandbox, "rest")).toBe(`${IMAGE_SET}4 instances, 4 ${of}, now version 2\n`);
  expect(await importInto(sandbox, "other")).toBe(
    `${IMAGE_SET}2 instances, 2 frames  patient PHANTOM-2, Ellipsoid phantom, not primary\n`,
  );
  expect(await importInto(sandbox, "odd")).toMatch(
    /0\.dcm: The file .* UIDs .*: StudyInstanceUID; The file .* longer than DICOM allows: StudyID\n$/,
  );
  expect(await importInto(sandbox, "names")).toMatch(/\nwith warnings {2}1 file\n {2}1\.dcm: .*\n$/);
});

describe.each(SERVICE_RELEASES)("a seed with release %s", (serviceRelease) => {
  test("says how many files have warnings, where the release has warnings", async () => {
    await using sandbox = await openServer({ serviceRelease });
    const said: string[] = [];
    const say = (message: string): void => void said.push(message);
    await seedFolder(sandbox.emulator.handle, join(folder, "names"), false, {
      info: say,
      warn: say,
      error: say,
    });
    const warned = /^seed: 1 file is imported with warnings: warning\.ndjson of job [0-9a-f]{32} has them$/;
    expect(said.slice(1)).toEqual(serviceRelease === "2024-05" ? [] : [expect.stringMatching(warned)]);
  });
});
