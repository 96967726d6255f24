import type { HttpResponse } from "../../../api/http.ts";
import { firstBytes, inPlaceOf } from "../../../healthimaging/http/break-off.ts";
import { checkCut, CUT, cutAt, lengthOf, type Cut } from "./cut.ts";
import { bending, type Fault } from "./effect.ts";

interface Options extends Cut {
  readonly framing?: "contentLength" | "chunkedClean" | "reset";
}

export const truncate: Fault<Options> = {
  name: "truncate",
  schema: {
    description:
      "the body ends early, by default in its middle. framing: contentLength closes the connection before Content-Length is reached; chunkedClean ends the body without an error, so SDKs report success; reset resets the connection",
    type: "object",
    properties: {
      ...CUT,
      framing: { type: "string", enum: ["contentLength", "chunkedClean", "reset"] },
    },
    additionalProperties: false,
  },
  check: (options) => checkCut(options),
  create: (options) =>
    bending((response) => {
      const { framing = "contentLength" } = options;
      if (lengthOf(response) === 0) return response;
      const afterBytes = cutAt(options, response);
      if (framing === "chunkedClean") return endEarly(response, afterBytes);
      return { ...response, breaksOff: { afterBytes, how: framing === "reset" ? "reset" : "close" } };
    }),
};

/** Without a length HTTP/1.1 sends chunks, and the last one marks a complete body. */
function endEarly(response: HttpResponse, afterBytes: number): HttpResponse {
  const { "content-length": _, ...headers } = response.headers;
  const body = inPlaceOf(response.body, firstBytes(response.body ?? "", afterBytes));
  return { ...response, headers, body };
}
