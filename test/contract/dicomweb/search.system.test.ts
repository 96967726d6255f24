import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ownCorpus, pathIn, readFrom } from "../../corpus/corpus.ts";
import { importAll, openDicomweb } from "./dicomweb.ts";

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
