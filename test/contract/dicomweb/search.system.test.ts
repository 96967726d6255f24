import { execFileSync, spawnSync } from "node:child_process";
import { glob, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { ownCorpus, pathIn, readFrom } from "../../corpus/corpus.ts";
import { bundled } from "../../entry.ts";
import { importAll, openDicomweb } from "./dicomweb.ts";
import { SEARCHED_FILES } from "./searched-files.ts";

test("the bundle loads searches when the first one is asked for, and refuses as the source does", async () => {
  const { createEmulator } = (await import(bundled("index.js"))) as typeof import("../../../src/index.ts");
  await using sandbox = await openDicomweb({ dicomweb: true }, createEmulator);
  const { datastoreId } = await importAll(sandbox, "bundled", SEARCHED_FILES);
  const ask = (path: string) => sandbox.get(`/datastore/${datastoreId}${path}`);
  expect((await ask("/studies?PatientName=*Doe*&includefield=all")).json()).toHaveLength(1);
  expect(await ask("/studies?limit=1001")).toMatchObject({ status: 400 });
  expect(await sandbox.get(`/datastore/${"0".repeat(32)}/studies`)).toMatchObject({ status: 404 });
});

test("what is loaded with the first search throws no ServiceError: its class would not be the gateway's", async () => {
  const file = new URL("healthimaging-dicomweb-search-search-dicom.cjs", bundled("index.js"));
  const code = await readFile(file, "utf8");
  expect(code).toContain("DicomIndex");
  expect(code).not.toContain("ServiceError");
});

test("an image set whose metadata is damaged is left out of searches, which say so", async () => {
  const { createEmulator } = (await import(bundled("index.js"))) as typeof import("../../../src/index.ts");
  const data = await mkdtemp(join(tmpdir(), "healthimaging-local-search-"));
  onTestFinished(() => rm(data, { recursive: true }));
  await using sandbox = await openDicomweb({ dicomweb: true, data }, createEmulator);
  const { datastoreId } = await importAll(sandbox, "damaged", SEARCHED_FILES);
  const ask = (path: string) => sandbox.get(`/datastore/${datastoreId}${path}`);
  const [damaged = ""] = await Array.fromAsync(glob(`${data}/datastores/*/image-sets/*/metadata-1.json`));
  await writeFile(damaged, "{}");
  const found = await ask("/series");
  expect(found.status).toBe(200);
  expect(found.json()).not.toHaveLength(0);
  expect(found.headers["x-local-hint"]).toMatch(/^image set [0-9a-f]{32}: .* is damaged/);
});

const PYTHON = "/usr/bin/python3";
const isPydicomThere = spawnSync(PYTHON, ["-c", "import pydicom"]).status === 0;
if (!isPydicomThere) process.stderr.write("SKIPPED: searches judged by pydicom; install python3-pydicom\n");

const SEARCHES = [
  "/studies",
  "/series",
  "/instances",
  "/studies?includefield=all",
  "/series?includefield=all",
];

interface Checked {
  readonly uid: string;
  readonly wrong: readonly string[];
  readonly count: number;
}

describe.skipIf(!isPydicomThere)("answers of searches, judged by pydicom", () => {
  test("have the attributes of the files", async () => {
    await using sandbox = await openDicomweb({ dicomweb: true });
    const sound = ownCorpus.files.filter(({ misreadBy = [] }) => !misreadBy.includes("pydicom"));
    const files = Object.fromEntries(sound.map((file) => [file.path, readFrom(ownCorpus, file)]));
    const { datastoreId } = await importAll(sandbox, "judged", files);
    const answers: string[] = [];
    for (const path of [...SEARCHES, "/instances?includefield=all"]) {
      const { status, body } = await sandbox.get(`/datastore/${datastoreId}${path}`);
      expect(status).toBe(200);
      answers.push(body.toString());
    }
    const output = execFileSync(PYTHON, [join(import.meta.dirname, "compare-search.py")], {
      input: JSON.stringify({ files: sound.map((file) => pathIn(ownCorpus, file)), answers }),
      maxBuffer: 2 ** 28,
    });
    const checked = (JSON.parse(output.toString()) as Checked[][]).flat();
    expect(checked.length).toBeGreaterThan(100);
    expect(checked.filter(({ wrong }) => wrong.length > 0)).toEqual([]);
    expect(Math.max(...checked.map(({ count }) => count))).toBeGreaterThan(40);
  });
});
