import { afterAll, beforeAll, describe, expect } from "vitest";
import { WARNING_CODES } from "../../../src/api/import-warnings.ts";
import type { ServiceRelease } from "../../../src/index.ts";
import {
  createActiveDatastore,
  importFiles,
  openControlled,
  readLines,
  readText,
  type ControlledSandbox,
} from "../../clients.ts";
import { controlled as test } from "../../elsewhere.ts";
import { PROPER_FILES, WARNED_FILES } from "../../imaging/dicom/warned-files.ts";
import { readDocument } from "../image-sets/image-sets.ts";

interface Line {
  readonly inputFile: string;
  readonly importResponse: {
    readonly imageSetId: string;
    readonly warnings?: readonly { readonly warning_reason_code: number; readonly type: string }[];
  };
}

const keyOf = (name: string): string => `input/${name}.dcm`;
const files = Object.fromEntries([
  ...WARNED_FILES.map(({ name, bytes }) => [`${name}.dcm`, bytes] as const),
  ...PROPER_FILES.map(([name, bytes]) => [`${name}.dcm`, bytes] as const),
]);

describe.each<[ServiceRelease, boolean]>([
  ["2024-05", false],
  ["2026-06", true],
])("with release %s", (serviceRelease, hasWarnings) => {
  let sandbox: ControlledSandbox;
  let datastoreId: string;
  let successes: Line[];
  let warned: Line[];
  let manifest: { readonly jobSummary: object };
  beforeAll(async () => {
    sandbox = await openControlled({ serviceRelease });
    datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    const { job } = await importFiles(sandbox, datastoreId, "warnings", files);
    const folder = job.outputS3Uri ?? "";
    const lines = (path: string) => readLines(sandbox.s3, folder + path) as Promise<Line[]>;
    successes = await lines("SUCCESS/success.ndjson");
    warned = hasWarnings ? await lines("WARNING/warning.ndjson") : [];
    manifest = JSON.parse(await readText(sandbox.s3, `${folder}job-output-manifest.json`)) as typeof manifest;
  });
  afterAll(() => sandbox[Symbol.asyncDispose]());

  test("what DICOM forbids and an import takes is a warning", () => {
    const types = new Map(
      warned.map(({ inputFile, importResponse: { warnings = [] } }) => [
        inputFile,
        warnings.map((warning) => [warning.type, warning.warning_reason_code]),
      ]),
    );
    const expected = WARNED_FILES.map((file) => [
      keyOf(file.name),
      file.types.map((type) => [type, WARNING_CODES[type]]),
    ]);
    expect(Object.fromEntries(types)).toEqual(hasWarnings ? Object.fromEntries(expected) : {});
  });

  test("a file with warnings is imported: it is a success, too, and counts once", () => {
    const imported = WARNED_FILES.filter(({ isRefusedByGuide = false }) => hasWarnings || !isRefusedByGuide);
    const names = [...imported.map(({ name }) => name), ...PROPER_FILES.map(([name]) => name)];
    expect(successes.map(({ inputFile }) => inputFile).toSorted()).toEqual(names.map(keyOf).toSorted());
    for (const { importResponse } of successes) expect(importResponse).not.toHaveProperty("warnings");
    expect(manifest.jobSummary).toMatchObject({
      numberOfImportedFiles: names.length,
      numberOfFilesWithCustomerError: WARNED_FILES.length - imported.length,
    });
  });

  test("the codes are the WarningReason of the instance", async () => {
    const codes = new Map<string, unknown>();
    for (const { inputFile, importResponse } of successes) {
      const { Study } = await readDocument(sandbox, datastoreId, importResponse.imageSetId);
      const instances = Object.values(Study.Series).flatMap((series) => Object.values(series.Instances));
      const reasons = instances.flatMap(({ DICOM }) => DICOM["WarningReason"] ?? []);
      if (reasons.length > 0) codes.set(inputFile, reasons);
    }
    const expected = WARNED_FILES.map(({ name, types }) => [
      keyOf(name),
      types.map((type) => WARNING_CODES[type]),
    ]);
    expect(Object.fromEntries(codes)).toEqual(hasWarnings ? Object.fromEntries(expected) : {});
  });
});
