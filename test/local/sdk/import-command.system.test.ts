import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ListDatastoresCommand, SearchImageSetsCommand } from "@aws-sdk/client-medical-imaging";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { createActiveDatastore, openServer, type ServerSandbox } from "../../clients.ts";
import { ENTRY } from "../../entry.ts";

const run = promisify(execFile);

let sandbox: ServerSandbox;
let folder: string;
beforeAll(async () => {
  sandbox = await openServer();
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  await mkdir(join(folder, "my dicom", "ct #1"), { recursive: true });
  for (const { name, bytes } of createSampleSeries(2))
    await writeFile(join(folder, "my dicom", "ct #1", name), bytes);
  await writeFile(join(folder, "my dicom", "noté.txt"), "no DICOM");
  await symlink("nowhere", join(folder, "my dicom", "broken-link"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await sandbox[Symbol.asyncDispose]();
});

const importInto = (datastore: string) =>
  run(
    process.execPath,
    [ENTRY, "import", "my dicom", "--datastore", datastore, "--endpoint", sandbox.emulator.url],
    { cwd: folder },
  );

test("import creates the data store, shows its progress and prints the outcome of each file", async () => {
  const { stdout, stderr } = await importInto("fresh");
  const { datastoreSummaries = [] } = await sandbox.medicalImaging.send(new ListDatastoresCommand({}));
  const datastoreId = datastoreSummaries.find(({ datastoreName }) => datastoreName === "fresh")?.datastoreId;
  const { imageSetsMetadataSummaries } = await sandbox.medicalImaging.send(
    new SearchImageSetsCommand({ datastoreId }),
  );
  expect(stdout).toMatch(
    new RegExp(
      `^data store  ${datastoreId}\nimport job  [0-9a-f]{32}  COMPLETED\nimage sets  1\n` +
        `  ${imageSetsMetadataSummaries?.[0]?.imageSetId}  CT       2 instances, 2 frames  patient PHANTOM-1, Ellipsoid phantom\n` +
        `not imported  2 files\n  broken-link: the file cannot be read \\(ENOENT\\)\n  noté.txt: DICOM attributes does not exist\n$`,
    ),
  );
  expect(stderr).toContain("Uploading ############################## 3/3 files\n");
  expect(stderr).toContain("Importing ############################## 3/3 files\n");
});

test("import finds a data store by its id first, then by its name", async () => {
  const named = await createActiveDatastore(sandbox.medicalImaging, "named");
  expect((await importInto("named")).stdout).toContain(`data store  ${named}`);
  await createActiveDatastore(sandbox.medicalImaging, named);
  expect((await importInto(named)).stdout).toContain(`data store  ${named}`);
});

test("import does not use an unknown id as a name", async () => {
  const failure = await importInto("0".repeat(32)).catch((error: { stderr: string }) => error.stderr);
  expect(failure).toContain(`no data store has the id or name ${"0".repeat(32)}`);
});

test("import leaves no copy of the files in the buckets", async () => {
  await importInto("tidy");
  const { Contents = [] } = await sandbox.s3.send(
    new ListObjectsV2Command({ Bucket: "healthimaging-local-import", Prefix: "input/" }),
  );
  expect(Contents).toEqual([]);
});

test("import advances a frozen clock as far as needed, and says so", async () => {
  const { clock } = sandbox.emulator.control;
  await clock.freeze();
  try {
    const { stdout, stderr } = await importInto("frozen");
    expect(stdout).toContain("COMPLETED");
    expect(stderr).toContain("the clock is frozen");
    expect(await clock.now()).toMatchObject({ isFrozen: true });
  } finally {
    await clock.resume();
  }
});

test("the demo shows every step", async () => {
  const { stdout } = await run(process.execPath, [ENTRY, "demo"]);
  for (const step of [
    "CreateDatastore",
    '"datastoreStatus": "CREATING"',
    "GetDICOMImportJob",
    "notes.txt",
    "SearchImageSets",
    "PHANTOM-1",
    "GetImageSetMetadata",
    "GetImageFrame: ",
  ]) {
    expect(stdout).toContain(step);
  }
});
