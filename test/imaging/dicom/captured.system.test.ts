import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { MetadataObject, MetadataValue } from "../../../src/imaging/dicom/element-value.ts";
import { describeInstance } from "../../../src/imaging/dicom/metadata/metadata.ts";
import { parsePart10 } from "../../../src/imaging/dicom/part10/part10.ts";
import { openRealCorpora, readFrom } from "../../corpus/corpus.ts";

interface Captured {
  readonly Patient: { readonly DICOM: MetadataObject };
  readonly Study: {
    readonly DICOM: MetadataObject;
    readonly Series: Record<
      string,
      {
        readonly DICOM: MetadataObject;
        readonly Instances: Record<
          string,
          { readonly DICOM: MetadataObject; readonly DICOMVRs: MetadataObject }
        >;
      }
    >;
  };
}

const CAPTURE = join(import.meta.dirname, "../../../../shared/samples/image-set-metadata-2023-us.json");
const [corpus] = openRealCorpora();
const isHere = existsSync(CAPTURE) && corpus !== undefined;
if (!isHere) process.stderr.write("SKIPPED: comparison with a captured document, no samples or no corpus\n");

/** Another instance of the series that AWS imported when the document was captured. */
describe.skipIf(!isHere)("an instance of the series in the captured document", () => {
  const captured: Captured = JSON.parse(isHere ? readFileSync(CAPTURE, "utf8") : '{"Study":{"Series":{}}}');
  const described = () => {
    if (corpus === undefined) throw new Error("no corpus");
    return describeInstance(
      parsePart10(readFrom(corpus, { path: "native/us-echo-implicit-rgb-8frames.dcm" })),
    );
  };

  test("has the captured patient, study and series blocks", () => {
    const { patient, study, series, seriesInstanceUID } = described();
    expect(patient).toEqual(captured.Patient.DICOM);
    expect(study).toEqual(captured.Study.DICOM);
    expect(series).toEqual(captured.Study.Series[seriesInstanceUID]?.DICOM);
  });

  test("has the keys, types and VRs of a multi-frame sibling, and stress stages on top", () => {
    const { instance, seriesInstanceUID } = described();
    const siblings = Object.values(captured.Study.Series[seriesInstanceUID]?.Instances ?? {});
    const sibling = siblings.find(({ DICOM }) => Number(DICOM["NumberOfFrames"]) > 1);
    const { NumberOfEventTimers, EventElapsedTimes, EventTimerNames, ...others } = instance.DICOM;
    expect([NumberOfEventTimers, EventElapsedTimes, EventTimerNames]).toEqual([
      "1",
      ["3000"],
      ["STAGE TIME"],
    ]);
    expect(typesOf(others)).toEqual(typesOf(sibling?.DICOM ?? {}));
    expect(instance.DICOMVRs).toEqual(sibling?.DICOMVRs);
  });
});

const typesOf = (block: MetadataObject): Record<string, string> =>
  Object.fromEntries(Object.entries(block).map(([key, value]) => [key, typeOf(value)]));

function typeOf(value: MetadataValue | undefined): string {
  if (Array.isArray(value)) return `list of ${typeOf(value[0])}`;
  return value === null ? "null" : typeof value;
}
