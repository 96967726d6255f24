import { gunzipSync } from "node:zlib";
import type { HttpResponse } from "../../../api/http.ts";
import { bendingBytes, type Fault } from "./effect.ts";

export const gzip: Fault<{ readonly how: "corrupt" | "absent" }> = {
  name: "gzip",
  operations: ["GetImageSetMetadata"],
  schema: {
    description: "the metadata cannot be decompressed (corrupt), or is not compressed (absent)",
    type: "object",
    properties: { how: { type: "string", enum: ["corrupt", "absent"] } },
    required: ["how"],
    additionalProperties: false,
  },
  create: ({ how }) =>
    bendingBytes("form", (bytes, _, headers) =>
      how === "corrupt" ? corrupt(bytes) : inflate(bytes, headers),
    ),
};

/** RFC 1952 2.3.1: the last eight bytes are the CRC-32 and the length, and inflating checks both. */
function corrupt(bytes: Buffer): Partial<HttpResponse> {
  for (const offset of [bytes.length >> 1, bytes.length - 8]) {
    // Added, not XORed: a second such rule must not restore the original bytes.
    bytes.writeUInt8((bytes.readUInt8(offset) + 0x55) & 0xff, offset);
  }
  return { body: bytes };
}

/** A body that another rule has inflated or corrupted is left unchanged. */
function inflate(bytes: Buffer, all: HttpResponse["headers"]): Partial<HttpResponse> {
  const { "content-encoding": encoding, ...headers } = all;
  if (encoding === undefined) return {};
  try {
    return { headers, body: gunzipSync(bytes) };
  } catch {
    return { headers };
  }
}
