import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { describeInstance } from "../../../src/imaging/dicom/metadata/metadata.ts";
import { parsePart10 } from "../../../src/imaging/dicom/part10/part10.ts";
import { type Corpus, pathIn, readFrom } from "../../corpus/corpus.ts";
import { type GoldenMetadata, soundFilesOf } from "./corpus.ts";

/** What pydicom-metadata.py prints of an element. */
interface PydicomElement {
  readonly keyword: string;
  readonly vr: string;
  readonly isList: boolean | null;
  readonly values: readonly (string | number | PydicomDataSet)[];
}
export interface PydicomDataSet {
  readonly [tag: string]: PydicomElement;
}

/** Debian's Python, where python3-pydicom is installed. */
export const PYTHON = "/usr/bin/python3";

const isPydicomThere = hasPydicom();

export function describeFilesJudgedByPydicom(corpus: Corpus): void {
  const files = soundFilesOf(corpus).filter(({ misreadBy = [] }) => !misreadBy.includes("pydicom"));
  const judged = isPydicomThere ? askPydicom(corpus, files) : [];
  describe.skipIf(!isPydicomThere)(`metadata of ${corpus.name}, judged by pydicom`, () => {
    test.each(judged)("$path has the values pydicom reads", ({ file, read }) => {
      expectMetadata(readFrom(corpus, file), read);
    });
  });
}

/** Metadata of a file against what pydicom-metadata.py printed of it. */
export function expectMetadata(bytes: Uint8Array, read: PydicomDataSet): void {
  const { patient, study, series, instance } = describeInstance(parsePart10(bytes));
  const absent = { PatientName: null, PatientID: null, PatientBirthDate: null, PatientSex: null };
  expect({ ...patient, ...study, ...series, ...instance.DICOM }).toEqual({
    ...absent,
    ...expectedOf(read),
  });
  // Besides these it has those of private elements inside sequences.
  const own = Object.entries(instance.DICOMVRs).filter(([tag]) => tag in instance.DICOM);
  const nested = Object.entries(instance.DICOMVRs).filter(([tag]) => !(tag in instance.DICOM));
  expect(Object.fromEntries(own)).toEqual(expectedVrs(read));
  const known = nestedVrs(read);
  expect(nested.filter(([path, vr]) => !known.has(`${path.slice(-8)} ${vr}`))).toEqual([]);
}

export function hasPydicom(): boolean {
  if (spawnSync(PYTHON, ["-c", "import pydicom"]).status === 0) return true;
  process.stderr.write("SKIPPED: metadata judged by pydicom, install python3-pydicom\n");
  return false;
}

function askPydicom(corpus: Corpus, files: readonly GoldenMetadata[]) {
  const read = readWithPydicom(files.map((file) => pathIn(corpus, file)));
  return files.map((file, index) => ({ path: file.path, file, read: read[index] ?? {} }));
}

export function readWithPydicom(paths: readonly string[]): PydicomDataSet[] {
  const script = join(import.meta.dirname, "pydicom-metadata.py");
  const { stdout, stderr, status } = spawnSync(PYTHON, [script, ...paths], { maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`pydicom failed: ${stderr.toString()}`);
  return JSON.parse(stdout.toString()) as PydicomDataSet[];
}

/** By docs/facts/metadata.md; the rules are written a second time here, from the facts. */
function expectedOf(dataSet: PydicomDataSet): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(dataSet).map(([tag, element]) => [keyOf(tag, element), expectedValue(element)]),
  );
}

function expectedValue({ vr, isList, values, keyword }: PydicomElement): unknown {
  if (values.length === 0) return vr === "UN" && keyword === "" ? "" : null;
  if (vr === "SQ") return values.map((item) => (typeof item === "object" ? expectedOf(item) : item));
  const isText = !/^O[BDFLVW]|^UN/.test(vr);
  return (isList && isText) || values.length > 1 ? values : values[0];
}

const expectedVrs = (dataSet: PydicomDataSet): Record<string, string> =>
  Object.fromEntries(
    Object.entries(dataSet)
      .filter(([tag, element]) => keyOf(tag, element) === tag)
      .map(([tag, { vr }]) => [tag, vr]),
  );

/** "TAG VR" of every element that is inside a sequence and has no keyword. */
function nestedVrs(dataSet: PydicomDataSet): Set<string> {
  const items = Object.values(dataSet).flatMap(({ values }) =>
    values.filter((value): value is PydicomDataSet => typeof value === "object"),
  );
  return new Set(
    items.flatMap((item) => [
      ...Object.entries(expectedVrs(item)).map(([tag, vr]) => `${tag} ${vr}`),
      ...nestedVrs(item),
    ]),
  );
}

/** pydicom gives every overlay group the same keywords. */
const keyOf = (tag: string, { keyword }: PydicomElement): string =>
  keyword === "" || /^(50|60)(?!00)/.test(tag) ? tag : keyword;
