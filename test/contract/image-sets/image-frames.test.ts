import { GetImageFrameCommand } from "@aws-sdk/client-medical-imaging";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import type { ImageFrameDocument } from "../../../src/domain/image-sets/metadata/metadata-document.ts";
import { FRAME_CONTAINERS, type FrameContainer } from "../../../src/imaging/pixels/htj2k/frame-container.ts";
import { createActiveDatastore, importFiles, openSandbox, type Sandbox } from "../../clients.ts";
import { isElsewhere } from "../../elsewhere.ts";
import { decodeAsTheGuide, isGuideDecoderThere } from "../../guide/decode.ts";
import { inRelease } from "../../setup/served-release.ts";
import { codestreamOf, readBoxes, readImageHeader } from "../../jph-file.ts";
import { isJudgeThere, judge } from "../../corpus/judge.ts";
import { findImageSets, readDocument } from "./image-sets.ts";

interface Downloaded {
  readonly bytes: Uint8Array;
  readonly contentType: string | undefined;
  readonly frame: ImageFrameDocument;
  readonly attributes: Readonly<Record<string, unknown>>;
}

async function download(sandbox: Sandbox): Promise<Downloaded> {
  const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
  const files = Object.fromEntries(createSampleSeries(1).map(({ name, bytes }) => [name, bytes]));
  await importFiles(sandbox, datastoreId, "image-frames", files);
  const [imageSetId = ""] = await findImageSets(sandbox, datastoreId);
  const { Study } = await readDocument(sandbox, datastoreId, imageSetId);
  const [instance] = Object.values(Study.Series).flatMap(({ Instances }) => Object.values(Instances));
  const [frame] = instance?.ImageFrames ?? [];
  if (instance === undefined || frame === undefined) throw new Error("nothing with a frame was imported");
  const { imageFrameBlob, contentType } = await sandbox.medicalImaging.send(
    new GetImageFrameCommand({
      datastoreId,
      imageSetId,
      imageFrameInformation: { imageFrameId: frame.ID },
    }),
  );
  const bytes = (await imageFrameBlob?.transformToByteArray()) ?? new Uint8Array();
  return { bytes, contentType, frame, attributes: instance.DICOM };
}

// Another service has the form that it has.
const asked: readonly (FrameContainer | undefined)[] = isElsewhere
  ? [undefined]
  : [undefined, ...FRAME_CONTAINERS];

describe.each(asked)("a frame with frameContainer %s", (frameContainer) => {
  let sandbox: Sandbox;
  let downloaded: Downloaded;
  beforeAll(async () => {
    sandbox = await openSandbox({ frameContainer });
    downloaded = await download(sandbox);
  });
  afterAll(() => sandbox[Symbol.asyncDispose]());
  const isFile = frameContainer !== "codestream";

  test("has the media type of the release", () => {
    const newer = isFile ? "image/jph" : "image/jphc";
    expect(downloaded.contentType).toBe(
      inRelease("frameContentTypes", { "2024-05": "application/octet-stream", "2026-06": newer }),
    );
  });

  test.runIf(isFile)("is a JPH file whose header agrees with the attributes of the image", () => {
    const { bytes, attributes } = downloaded;
    expect(readBoxes(bytes).map(({ type }) => type)).toEqual(["jP  ", "ftyp", "jp2h", "jp2c"]);
    const { width, height, componentCount, depth, colourSpace } = readImageHeader(bytes);
    expect([width, height, componentCount]).toEqual([attributes["Columns"], attributes["Rows"], 1]);
    const signBit = attributes["PixelRepresentation"] === 1 ? 0x80 : 0;
    expect([depth, colourSpace]).toEqual([Number(attributes["BitsStored"]) - 1 + signBit, 17]);
    expect(codestreamOf(bytes).toString("hex", 0, 4)).toBe("ff4fff51");
  });

  test.runIf(!isFile)("is the codestream without a container", () => {
    expect(Buffer.from(downloaded.bytes).toString("hex", 0, 4)).toBe("ff4fff51");
  });

  test.runIf(isJudgeThere)("decodes to the checksum in the metadata", async () => {
    const { bytes, frame } = downloaded;
    const full = frame.PixelDataChecksumFromBaseToFullResolution.at(-1);
    expect((await judge(bytes)).checksum).toBe(full?.Checksum);
  });

  test.runIf(isGuideDecoderThere)(
    "is decoded by the decoding step of the guide if, and only if, it is a JPH file",
    async () => {
      const { bytes, frame } = downloaded;
      const full = frame.PixelDataChecksumFromBaseToFullResolution.at(-1);
      expect(await decodeAsTheGuide([bytes])).toEqual([isFile ? full?.Checksum : null]);
    },
  );
});
