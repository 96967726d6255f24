import { describe, expect, test } from "vitest";
import type {
  InstanceDocument,
  MetadataDocument,
} from "../../../src/domain/image-sets/metadata/metadata-document.ts";
import type { DraftText } from "../../../src/importer/image-set-drafts.ts";
import { mergeIntoDocument } from "../../../src/importer/merges/merged-document.ts";

const frame = (ID: string, checksum: number, levels = 1) => ({
  ID,
  PixelDataChecksumFromBaseToFullResolution: Array.from({ length: levels }, (_, level) => ({
    Width: 2,
    Height: 2,
    Checksum: level === levels - 1 ? checksum : 0,
  })),
  MinPixelValue: 0,
  MaxPixelValue: 1,
  FrameSizeInBytes: 4,
});
const instance = (comment: string, ImageFrames: InstanceDocument["ImageFrames"]): InstanceDocument => ({
  DICOM: { ImageComments: comment },
  DICOMVRs: {},
  ImageFrames,
});
const documentOf = (Instances: Readonly<Record<string, InstanceDocument>>): MetadataDocument => ({
  SchemaVersion: "1.1",
  DatastoreID: "d",
  ImageSetID: "i",
  Patient: { DICOM: { PatientID: "p" } },
  Study: {
    DICOM: { StudyInstanceUID: "1" },
    Series: { "1.1": { DICOM: { SeriesInstanceUID: "1.1" }, Instances } },
  },
});
const textOf = (index: number, uid: string, content: InstanceDocument, checksum: string): DraftText => ({
  index,
  sopInstanceUID: uid,
  attributesKey: "k",
  warnings: [],
  frameIds: content.ImageFrames.map(({ ID }) => ID),
  frameChecksums: content.ImageFrames.map(() => checksum),
  text: Buffer.from(`${JSON.stringify(uid)}:${JSON.stringify(content)}`),
});

const TARGET = { frameIds: ["f1", "f2"], frameChecksums: ["3-00000001", "3-00000002"] };
const DOCUMENT = documentOf({
  "9.1": instance("one", [frame("f1", 1)]),
  "9.2": instance("two", [frame("f2", 2, 3)]),
});

function merge(...added: DraftText[]) {
  const { chunks, ...merged } = mergeIntoDocument(DOCUMENT, TARGET, added);
  const text = Buffer.concat(chunks);
  expect(merged.byteLength).toBe(text.length);
  return { ...merged, document: JSON.parse(text.toString()) as MetadataDocument };
}

describe("a document into which instances are merged", () => {
  test("has the new instances after its own", () => {
    const added = instance("three", [frame("f3", 3)]);
    const { document, dicomTags, frames } = merge(textOf(0, "9.3", added, "3-00000003"));
    const instances = DOCUMENT.Study.Series["1.1"]?.Instances;
    expect(document).toEqual(documentOf({ ...instances, "9.3": added }));
    expect(dicomTags).toMatchObject({ DICOMPatientId: "p", DICOMNumberOfStudyRelatedInstances: 3 });
    expect(frames).toEqual({ frameIds: ["f3"], frameChecksums: ["3-00000003"] });
  });

  test("keeps the ids of the same frames, also where an older document tells more of them", () => {
    const { document, frames, unneededFrameIds } = merge(
      textOf(0, "9.2", instance("new", [frame("f9", 2)]), "3-00000002"),
      textOf(1, "9.1", instance("one", [frame("f8", 1)]), "3-00000001"),
    );
    expect(document).toEqual(
      documentOf({ "9.1": instance("one", [frame("f1", 1)]), "9.2": instance("new", [frame("f2", 2)]) }),
    );
    expect(frames.frameIds).toEqual([]);
    expect(unneededFrameIds).toEqual(["f9", "f8"]);
  });

  test.each([
    ["stored bytes", 1, "3-00000009"],
    ["pixels", 7, "3-00000001"],
  ])("has the ids of new frames with other %s", (_, pixels, stored) => {
    const added = instance("one", [frame("f8", pixels)]);
    const { document, frames, unneededFrameIds } = merge(textOf(0, "9.1", added, stored));
    expect(document.Study.Series["1.1"]?.Instances["9.1"]).toEqual(added);
    expect([frames.frameIds, unneededFrameIds]).toEqual([["f8"], []]);
  });

  test("keeps no id of a frame whose checksum is not known", () => {
    const target = { frameIds: ["f1"], frameChecksums: [null] };
    const added = textOf(0, "9.1", instance("one", [frame("f8", 1)]), "3-00000001");
    expect(mergeIntoDocument(DOCUMENT, target, [added]).frames.frameIds).toEqual(["f8"]);
  });
});
