import { describe, expect, test } from "vitest";
import { MetadataTooLarge } from "../../../src/imaging/dicom/metadata/metadata-budget.ts";
import { checksumOf } from "../../../src/domain/blobs.ts";
import { FrameMemory, FrameTooLarge } from "../../../src/importer/workers/import-memory.ts";
import { FileImporter } from "../../../src/importer/workers/file-importer.ts";
import {
  dicomFile,
  element,
  encapsulatedPixelData,
  imageElements,
  instanceElements,
} from "../../imaging/dicom/write-dicom.ts";

const RLE_LOSSLESS = "1.2.840.10008.1.2.5";
const MEMORY = new FrameMemory(2 ** 30, async () => {});

const PIXELS = Uint8Array.of(7, 7, 7, 7);
const elements = instanceElements(...imageElements({ rows: 2, columns: 2, pixelData: PIXELS }));
const native = dicomFile(elements);
/** One segment (PS3.5 G): the byte 7 four times. */
const segment = Uint8Array.from({ length: 66 }, (_, at) => ({ 0: 1, 4: 64, 64: 253, 65: 7 })[at] ?? 0);
const runLengths = dicomFile(
  elements.map((each) => (each.tag === "7FE00010" ? encapsulatedPixelData([segment]) : each)),
  { transferSyntaxUID: RLE_LOSSLESS },
);
const withoutPixels = dicomFile(instanceElements(element("00100010", "PN", "Doe^Jane")));

async function importFile(bytes: Uint8Array, maxMetadataBytes = Infinity, importer = new FileImporter()) {
  const frames: { readonly codestream: Uint8Array; readonly frameId: string }[] = [];
  const instance = await importer.import(bytes, { maxMetadataBytes }, MEMORY, (codestream, frameId) => {
    frames.push({ codestream: codestream.slice(), frameId });
  });
  return { instance, frames };
}

describe("a file importer", () => {
  test("hands out each frame with the id and the checksum that its instance names", async () => {
    const { instance, frames } = await importFile(native);
    expect(instance.sopInstanceUID).toBe("1.2.3.4.3");
    expect(instance.frameIds).toEqual(frames.map(({ frameId }) => frameId));
    expect(instance.frameChecksums).toEqual(frames.map(({ codestream }) => checksumOf(codestream)));
    expect(frames).toHaveLength(1);
  });

  test("stores run lengths as it stores the same samples uncompressed", async () => {
    const [fromNative, fromRunLengths] = [await importFile(native), await importFile(runLengths)];
    expect(fromRunLengths.instance.frameChecksums).toEqual(fromNative.instance.frameChecksums);
  });

  test("imports a file without pixel data as an instance without frames", async () => {
    const { instance, frames } = await importFile(withoutPixels);
    expect([instance.frameIds, frames]).toEqual([[], []]);
    expect(new TextDecoder().decode(instance.text)).toContain('"ImageFrames":[]');
    expect(instance.dicomTags.DICOMPatientName).toBe("Doe^Jane");
  });

  test("gives the same frames whether it is warmed up before its first file, after it or never", async () => {
    const importer = new FileImporter();
    await importer.warmUp();
    const before = await importFile(native, Infinity, importer);
    await importer.warmUp();
    const after = await importFile(native, Infinity, importer);
    const never = await importFile(native);
    expect(before.instance.frameChecksums).toEqual(never.instance.frameChecksums);
    expect(after.instance.frameChecksums).toEqual(never.instance.frameChecksums);
  });

  test("is not worn out before its first file, nor by small ones", async () => {
    const importer = new FileImporter();
    expect(importer.isWornOut()).toBe(false);
    await importFile(native, Infinity, importer);
    await importFile(runLengths, Infinity, importer);
    expect(importer.isWornOut()).toBe(false);
  });

  test("accepts metadata of exactly the limit, and refuses one byte more", async () => {
    const { instance } = await importFile(withoutPixels);
    const byteLength = instance.head.length + instance.text.length;
    await expect(importFile(withoutPixels, byteLength)).resolves.toMatchObject({ frames: [] });
    await expect(importFile(withoutPixels, byteLength - 1)).rejects.toThrow(MetadataTooLarge);
  });

  test("hands out nothing of a frame that there is no memory for", async () => {
    const frames: string[] = [];
    const none = new FrameMemory(1, async () => {});
    const importing = new FileImporter().import(native, {}, none, (_, id) => void frames.push(id));
    await expect(importing).rejects.toThrow(FrameTooLarge);
    expect(frames).toEqual([]);
  });
});
