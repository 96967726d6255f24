import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { tagOf } from "../../../../src/imaging/dicom/dictionary/dictionary.ts";
import { writeDicomJson } from "../../../../src/imaging/dicom/metadata/dicom-json.ts";
import { describeInstance } from "../../../../src/imaging/dicom/metadata/metadata.ts";
import { parsePart10 } from "../../../../src/imaging/dicom/part10/part10.ts";
import { openRealCorpora, ownCorpus, pathIn, readFrom, type Corpus } from "../../../corpus/corpus.ts";

const PYTHON = "/usr/bin/python3";
const isPydicomThere = spawnSync(PYTHON, ["-c", "import pydicom"]).status === 0;
if (!isPydicomThere) process.stderr.write("SKIPPED: DICOM JSON judged by pydicom; install python3-pydicom\n");

/** The attributes of a file in the DICOM JSON Model; undefined for a file that is refused. */
function jsonOf(bytes: Uint8Array): string | undefined {
  try {
    const { patient, study, series, instance } = describeInstance(parsePart10(bytes));
    const attributes = Object.entries({ ...patient, ...study, ...series, ...instance.DICOM });
    const written = attributes.filter(([name]) => !/^(0002|7FE000(08|09|10))/.test(tagOf(name) ?? name));
    return writeDicomJson(Object.fromEntries(written), { vrs: instance.DICOMVRs });
  } catch {
    return undefined;
  }
}

type Difference = readonly [path: string, before: string | null, after: string | null];
/** Or why pydicom refuses the JSON. */
type Differences = string | Difference[];

describe.skipIf(!isPydicomThere).each([ownCorpus, ...openRealCorpora()])(
  "DICOM JSON of $name",
  (corpus: Corpus) => {
    test("has what pydicom reads in the files", () => {
      const files = corpus.files
        .filter(({ misreadBy = [] }) => !misreadBy.includes("pydicom"))
        .map((file) => ({ path: pathIn(corpus, file), json: jsonOf(readFrom(corpus, file)) }))
        .filter(({ json }) => json !== undefined);
      expect(files.length).toBeGreaterThan(20);
      const output = execFileSync(PYTHON, [join(import.meta.dirname, "compare-json.py")], {
        input: JSON.stringify(files.map(({ path, json }) => [path, json])),
        maxBuffer: 2 ** 28,
      });
      const found = (JSON.parse(output.toString()) as Differences[]).map((differences, index) => [
        files[index]?.path,
        typeof differences === "string" ? differences : differences.filter((each) => !isKnown(each)),
      ]);
      expect(found.filter(([, differences]) => differences?.length !== 0)).toEqual([]);
    });
  },
);

/** The patient's four attributes are always there, and text of JSON is UTF-8. */
const isKnown = ([path, before, after]: Difference): boolean =>
  (/^001000(10|20|30|40)$/.test(path) && before === null && after?.endsWith(" empty") === true) ||
  (path.endsWith("00080005") && after === "CS 'ISO_IR 192'");
