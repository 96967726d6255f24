import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type {
  MetadataDocument,
  ResolutionLevel,
} from "../../../domain/image-sets/metadata/metadata-document.ts";
import { bendingBytes, type Fault } from "./effect.ts";

export const checksumMismatch: Fault = {
  name: "checksumMismatch",
  operations: ["GetImageSetMetadata"],
  schema: {
    description: "every checksum in the metadata is one too high, so no frame matches its checksum",
    type: "object",
    properties: {},
    additionalProperties: false,
  },
  create: () =>
    bendingBytes("content", async (bytes) => {
      const text = await promisify(gunzip)(bytes);
      const document = JSON.parse(text.toString()) as MetadataDocument;
      for (const series of Object.values(document.Study.Series)) {
        const frames = Object.values(series.Instances).flatMap(({ ImageFrames }) => ImageFrames);
        for (const frame of frames) frame.PixelDataChecksumFromBaseToFullResolution.forEach(raise);
      }
      return { body: await promisify(gzip)(JSON.stringify(document)) };
    }),
};

const raise = (level: { -readonly [K in keyof ResolutionLevel]: ResolutionLevel[K] }): void => {
  level.Checksum = (level.Checksum + 1) % 2 ** 32;
};
