import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checksumOf } from "../../src/domain/blobs.ts";
import { frameIdsOf } from "../../src/domain/image-sets/metadata/copy-document.ts";
import { dicomTagsOf } from "../../src/domain/image-sets/metadata/dicom-tags.ts";
import type { MetadataDocument } from "../../src/domain/image-sets/metadata/metadata-document.ts";
import { ImageSetDrafts, type StoredInstance } from "../../src/importer/image-set-drafts.ts";
import { writeInstance } from "../../src/importer/workers/file-importer.ts";
import { MemoryBlobs } from "./memory-blobs.ts";

const FRAME = {
  levels: [{ width: 2, height: 1, checksum: 7 }],
  minPixelValue: 0,
  maxPixelValue: 1,
  decodedByteLength: 4,
  storedChecksum: "3-89abcdef",
};

const stored = (
  index: number,
  group: string,
  uid: string,
  comment: string,
  frames: number,
): StoredInstance => ({
  index,
  ...writeInstance(
    {
      sopInstanceUID: uid,
      seriesInstanceUID: `1.${group}`,
      studyInstanceUID: "1.2",
      sopClassUID: "1.3",
      patient: { PatientName: "Doe^J" },
      study: { StudyInstanceUID: "1.2" },
      series: { SeriesInstanceUID: `1.${group}` },
      instance: { DICOM: { SOPInstanceUID: uid, ImageComments: comment }, DICOMVRs: {} },
    },
    Array.from({ length: frames }, (_, frame) => ({ ...FRAME, frameId: `${index}-${frame}` })),
    {},
  ),
});

const instances = fc.array(
  fc.record({
    group: fc.constantFrom("1", "2", "3"),
    uid: fc.constantFrom("9.1", "9.2", "9.3", "9.4", "9.5", "9.6"),
    comment: fc.string({ unit: "grapheme", maxLength: 60 }),
    frames: fc.nat({ max: 2 }),
  }),
  { minLength: 1, maxLength: 25 },
);

const draftsOver = (
  blobs: MemoryBlobs,
  maxBytesInMemory: number,
  maxMetadataBytes = Infinity,
): ImageSetDrafts => {
  let last = 0;
  const createId = (): string => `set${++last}`;
  return new ImageSetDrafts({ datastoreId: "store", createId, blobs, maxMetadataBytes, maxBytesInMemory });
};

describe("drafts of image sets", () => {
  test("keep every instance once, whole and in order, with any memory limit", async () => {
    await fc.assert(
      fc.asyncProperty(instances, fc.constantFrom(0, 300, 1_000, Infinity), async (given, memory) => {
        const blobs = new MemoryBlobs();
        const drafts = draftsOver(blobs, memory);
        const all = given.map(({ group, uid, comment, frames }, i) => stored(i, group, uid, comment, frames));
        for (const instance of all) await drafts.add(instance);
        const kept: [string, unknown, string[]][] = [];
        for (const draft of drafts.all()) {
          const { byteLength } = draft;
          const { dicomTags, metadataChecksum, frameIds, frameChecksums } = await draft.finish(blobs);
          const bytes = await blobs.read(`datastores/store/image-sets/${draft.imageSetId}/metadata-1.json`);
          expect(bytes.length).toBe(byteLength);
          expect(metadataChecksum).toBe(checksumOf(bytes));
          expect(frameChecksums).toEqual(frameIds.map(() => FRAME.storedChecksum));
          const document = JSON.parse(Buffer.from(bytes).toString()) as MetadataDocument;
          expect(document.ImageSetID).toBe(draft.imageSetId);
          const [series] = Object.values(document.Study.Series);
          const entries = Object.entries(series?.Instances ?? {});
          expect(entries.map(([uid]) => uid)).toEqual(draft.instances().map((each) => each.sopInstanceUID));
          expect(dicomTags).toEqual(dicomTagsOf(document));
          expect(frameIds).toEqual(frameIdsOf(document));
          for (const [uid, { DICOM, ImageFrames }] of entries)
            kept.push([uid, DICOM["ImageComments"], ImageFrames.map(({ ID }) => ID)]);
        }
        const expected = all.map(({ sopInstanceUID, frameIds }, i) => [
          sopInstanceUID,
          given[i]?.comment,
          frameIds,
        ]);
        expect(kept.map((each) => JSON.stringify(each)).toSorted()).toEqual(
          expected.map((each) => JSON.stringify(each)).toSorted(),
        );
        expect([...blobs.kept.keys()].filter((key) => key.includes("draft"))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test("hold no more in memory than the limit", async () => {
    const drafts = draftsOver(new MemoryBlobs(), 1_000);
    for (let index = 0; index < 200; index++) {
      await drafts.add(stored(index, String(index % 7), `9.${index}`, "x".repeat(100), 1));
      const held = drafts.all().reduce((sum, { bytesInMemory }) => sum + bytesInMemory, 0);
      expect(held).toBeLessThanOrEqual(1_000);
    }
  });

  test("drop the text of a draft that has grown past the limit", async () => {
    const drafts = draftsOver(new MemoryBlobs(), Infinity, 2_000);
    for (let index = 0; index < 50; index++) {
      await drafts.add(stored(index, "1", `9.${index}`, "x".repeat(100), 0));
    }
    expect(drafts.all()).toMatchObject([{ isTooLarge: true, bytesInMemory: 0 }]);
    expect(drafts.all()[0]?.instances()).toHaveLength(50);
  });

  test.each([
    ["as it was", undefined],
    ["changed", (document: MetadataDocument): MetadataDocument => ({ ...document, SchemaVersion: "1.1" })],
  ])("write their document %s as often as they are asked to", async (_, change) => {
    const blobs = new MemoryBlobs();
    const drafts = draftsOver(blobs, 300);
    for (let index = 0; index < 5; index++)
      await drafts.add(stored(index, "1", `9.${index}`, "x".repeat(100), 1));
    const [draft] = drafts.all();
    const written = await draft?.finish(blobs, change);
    const key = "datastores/store/image-sets/set1/metadata-1.json";
    const bytes = await blobs.read(key);
    expect(await draft?.finish(blobs, change)).toEqual(written);
    expect(await blobs.read(key)).toEqual(bytes);
    await draft?.discardPages(blobs, key);
    expect([...blobs.kept.keys()]).toEqual([key]);
  });
});
