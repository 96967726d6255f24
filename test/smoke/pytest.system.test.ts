import { execFile, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { CreateDatastoreCommand, ListDatastoresCommand } from "@aws-sdk/client-medical-imaging";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import { openServer } from "../clients.ts";
import { readDocuments } from "../documents.ts";
import { ENTRY } from "../entry.ts";
import { scaled } from "../setup/timeouts.ts";

const CONFTEST = resolve(import.meta.dirname, "../../examples/python/conftest.py");
const isThere = (...modules: string[]): boolean =>
  spawnSync("python3", ["-c", `import ${modules.join(", ")}`]).status === 0;
const isPytestThere = isThere("boto3", "pytest");
const isXdistThere = isPytestThere && isThere("xdist");
if (!isPytestThere) process.stderr.write("SKIPPED: the fixture for pytest; install pytest and boto3\n");
else if (!isXdistThere) process.stderr.write("SKIPPED: pytest in several workers; install pytest-xdist\n");

const [documents] = readDocuments();
const TESTS = documents?.run("# test_imaging.py") ?? "";
const FAILING = `
def test_that_fails(medical_imaging):
    medical_imaging.create_datastore(datastoreName="one")
    medical_imaging.get_datastore(datastoreId="0" * 32)
`;
const COMMAND = `'${process.execPath}' '${ENTRY}'`;

/** Runs pytest on the page's tests with the fixture of examples, as a user does who has copied it. */
async function pytest(
  variables: Readonly<Record<string, string>>,
  { tests = TESTS, flags = [] as string[] } = {},
): Promise<{ readonly code: number; readonly output: string }> {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-pytest-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "my-dicom"));
  for (const { name, bytes } of createSampleSeries(2)) await writeFile(join(folder, "my-dicom", name), bytes);
  await writeFile(join(folder, "conftest.py"), await readFile(CONFTEST));
  await writeFile(join(folder, "test_imaging.py"), tests);
  const env = {
    PATH: process.env["PATH"],
    HOME: process.env["HOME"],
    PYTHONDONTWRITEBYTECODE: "1",
    ...variables,
  };
  const args = ["-m", "pytest", "-p", "no:cacheprovider", ...flags];
  try {
    const { stdout, stderr } = await promisify(execFile)("python3", args, { cwd: folder, env });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

describe.skipIf(!isPytestThere)("the fixture for pytest", { timeout: scaled(60_000) }, () => {
  test("starts an emulator, imports, resets it between tests and ends it", async () => {
    const { code, output } = await pytest({ HEALTHIMAGING_LOCAL_COMMAND: COMMAND });
    expect([code, output]).toEqual([0, expect.stringContaining("3 passed")]);
  });

  test("uses an emulator that is running, and leaves what other accounts have there", async () => {
    await using sandbox = await openServer();
    const { control, url } = sandbox.emulator;
    await control.limits.set({ throttling: "off" });
    const { datastoreId } = await sandbox.medicalImaging.send(new CreateDatastoreCommand({}));
    const tests = TESTS.replace(/def test_the_next[^]*?(?=\ndef )/, "").replace(/def test_time[^]*/, "");
    const { code, output } = await pytest({ HEALTHIMAGING_LOCAL_ENDPOINT: url }, { tests });
    expect([code, output]).toEqual([0, expect.stringContaining("1 passed")]);
    const { datastoreSummaries = [] } = await sandbox.medicalImaging.send(new ListDatastoresCommand({}));
    expect(datastoreSummaries.map((summary) => summary.datastoreId)).toEqual([datastoreId]);
  });

  test("shows the emulator's log with a test that fails", async () => {
    const { code, output } = await pytest({ HEALTHIMAGING_LOCAL_COMMAND: COMMAND }, { tests: FAILING });
    expect(code).toBe(1);
    expect(output).toMatch(/- log of healthimaging-local -[^]*READY http:[^]*GetDatastore 404/);
  });

  test.each([
    ["it cannot be run", "/nowhere/healthimaging-local", "HEALTHIMAGING_LOCAL_COMMAND cannot be run"],
    ["the emulator refuses to start", `${COMMAND} --quotas nowhere.json`, "the emulator does not start"],
  ])("ends the session with the reason where %s", async (_, command, message) => {
    const { code, output } = await pytest({ HEALTHIMAGING_LOCAL_COMMAND: command });
    expect([code, output]).toEqual([3, expect.stringContaining(message)]);
  });

  test("ends the session with the reason where no emulator answers", async () => {
    const { code, output } = await pytest({ HEALTHIMAGING_LOCAL_ENDPOINT: "http://127.0.0.1:9" });
    const message = "no emulator answers at HEALTHIMAGING_LOCAL_ENDPOINT=http://127.0.0.1:9";
    expect([code, output]).toEqual([3, expect.stringContaining(message)]);
  });

  test("names a folder without files instead of importing nothing", async () => {
    const tests = 'def test_it(healthimaging):\n    healthimaging.import_folder("./nowhere")\n';
    const { code, output } = await pytest({ HEALTHIMAGING_LOCAL_COMMAND: COMMAND }, { tests });
    expect([code, output]).toEqual([1, expect.stringMatching(/FileNotFoundError: .*nowhere has no files/)]);
  });

  test.skipIf(!isXdistThere)("gives each worker of pytest-xdist an emulator of its own", async () => {
    const { code, output } = await pytest({ HEALTHIMAGING_LOCAL_COMMAND: COMMAND }, { flags: ["-n", "2"] });
    expect([code, output]).toEqual([0, expect.stringContaining("3 passed")]);
  });
});

test("the page shows the fixture as it is", async () => {
  expect(documents?.run("pytest fixtures for healthimaging-local")).toBe(await readFile(CONFTEST, "utf8"));
});
