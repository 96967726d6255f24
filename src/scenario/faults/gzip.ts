import { gunzipSync } from "node:zlib";
import type { HttpResponse } from "../../api/http.ts";
import { bending, type Fault } from "./effect.ts";

export const gzip: Fault<{ readonly how: "corrupt" | "absent" }> = {
  name: "gzip",
  operations: ["GetImageSetMetadata"],
  schema: {
    description: "the metadata cannot be inflated (corrupt), or is not compressed at all (absent)",
    type: "object",
    properties: { how: { type: "string", enum: ["corrupt", "absent"] } },
    required: ["how"],
    additionalProperties: false,
  },
  create: ({ how }) => bending((response) => (how === "corrupt" ? corrupt(response) : inflate(response))),
};

/** RFC 1952 2.3.1: the last eight bytes are the CRC-32 and the length, and inflating checks both. */
function corrupt(response: HttpResponse): HttpResponse {
  const bytes = Buffer.from(response.body as Uint8Array);
  for (const offset of [bytes.length >> 1, bytes.length - 8])
    bytes.writeUInt8(bytes.readUInt8(offset) ^ 0xff, offset);
  return { ...response, body: bytes };
}

function inflate(response: HttpResponse): HttpResponse {
  const { "content-encoding": _, ...headers } = response.headers;
  return { ...response, headers, body: gunzipSync(response.body as Uint8Array) };
}
