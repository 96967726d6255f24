import type { HttpResponse } from "../../../../api/http.ts";
import { inPlaceOf } from "../../../../healthimaging/http/break-off.ts";
import { checkCut, CUT, type Cut } from "../cut.ts";
import { bending, type Fault } from "../effect.ts";
import { partsOf } from "./read-parts.ts";

interface Options extends Cut {
  readonly how: "missing" | "cut";
  /** Counted from 1; the last one if left out. */
  readonly part?: number;
}

export const multipart: Fault<Options> = {
  name: "multipart",
  operations: ["GetDICOMInstanceFrames"],
  schema: {
    description:
      "one part of the answer (the last one, or the part of that number) is missing, or is cut, by default in its middle; the answer is well-formed, so clients see a success. An answer without parts does not change",
    type: "object",
    properties: {
      how: { type: "string", enum: ["missing", "cut"] },
      part: { type: "integer", minimum: 1 },
      ...CUT,
    },
    required: ["how"],
    additionalProperties: false,
  },
  check: (options) => {
    const { how, bytes, fraction } = options;
    if (how === "missing" && (bytes ?? fraction) !== undefined) return "bytes and fraction need how: cut";
    return checkCut(options);
  },
  create: (options) => ({ ...bending((response) => change(response, options)), layer: "content" }),
};

/** Without a length, since it is not known before the part is read. */
function change(response: HttpResponse, options: Options): HttpResponse {
  const boundary = /^multipart\/.*;\s*boundary="?([^";]+)/.exec(response.headers["content-type"] ?? "")?.[1];
  if (boundary === undefined || response.body === undefined) return response;
  const { "content-length": _, ...headers } = response.headers;
  const parts = changeParts(response.body, Buffer.from(`\r\n--${boundary}`), options);
  return { ...response, headers, body: inPlaceOf(response.body, parts) };
}

/** Writes the same parts but one. */
async function* changeParts(
  body: NonNullable<HttpResponse["body"]>,
  delimiter: Buffer,
  options: Options,
): AsyncGenerator<Uint8Array> {
  // The first delimiter has no line end before it.
  let separator = delimiter.subarray(2);
  let index = 0;
  for await (const { part, isLast } of withLast(partsOf(body, delimiter))) {
    index += 1;
    const isMeant = options.part === undefined ? isLast : options.part === index;
    const sent = isMeant ? changePart(part, options) : part;
    if (sent === undefined) continue;
    yield separator;
    yield sent;
    separator = delimiter;
  }
  yield separator;
  yield Buffer.from("--\r\n");
}

/** @param part with its header, from the line end after the delimiter */
function changePart(part: Buffer, { how, bytes, fraction = 0.5 }: Options): Buffer | undefined {
  if (how === "missing") return undefined;
  const start = part.indexOf(HEADER_END) + HEADER_END.length;
  const length = part.length - start;
  return part.subarray(0, start + Math.max(0, Math.min(bytes ?? Math.floor(length * fraction), length - 1)));
}

const HEADER_END = "\r\n\r\n";

/** Holds each part until the next one shows whether it is the last. */
async function* withLast(parts: AsyncIterable<Buffer>): AsyncGenerator<{ part: Buffer; isLast: boolean }> {
  let held: Buffer | undefined;
  for await (const part of parts) {
    if (held !== undefined) yield { part: held, isLast: false };
    held = part;
  }
  if (held !== undefined) yield { part: held, isLast: true };
}
