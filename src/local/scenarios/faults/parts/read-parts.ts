import type { HttpResponse } from "../../../../api/http.ts";
import { chunksOf } from "../../../../api/http-body.ts";

/**
 * The parts of a multipart body with their headers: what is between two delimiters (RFC 2046 5.1). One part is in
 * memory at a time.
 * @param delimiter a line end, two hyphens and the boundary
 */
export async function* partsOf(
  body: NonNullable<HttpResponse["body"]>,
  delimiter: Buffer,
): AsyncGenerator<Buffer> {
  /** The current part, but for its end, which may be the beginning of a delimiter. */
  let part: Buffer[] = [];
  let isBegun = false;
  // As if the body began with a line end, as every delimiter does.
  let end = Buffer.from("\r\n");
  for await (const piece of chunksOf(body)) {
    let rest = Buffer.concat([end, Buffer.from(piece as Uint8Array)]);
    for (let at = rest.indexOf(delimiter); at >= 0; at = rest.indexOf(delimiter)) {
      if (isBegun) yield Buffer.concat([...part, rest.subarray(0, at)]);
      isBegun = true;
      part = [];
      rest = rest.subarray(at + delimiter.length);
    }
    const kept = Math.max(0, rest.length - (delimiter.length - 1));
    part.push(rest.subarray(0, kept));
    end = rest.subarray(kept);
  }
}
