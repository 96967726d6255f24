import { Readable } from "node:stream";
import type { HttpResponse } from "../../../api/http.ts";
import { chunksOf } from "../../../api/http-body.ts";
import { inPlaceOf } from "../../../healthimaging/http/break-off.ts";
import { lengthOf } from "./cut.ts";
import { bending, type Fault, type FaultedCall } from "./effect.ts";

interface Options {
  readonly bytesPerSecond: number;
}

/** The interval between pieces. */
const STEP_MS = 100;

export const slow: Fault<Options> = {
  name: "slow",
  schema: {
    description: "the body is sent in pieces, ten per second of the emulator's clock",
    type: "object",
    properties: { bytesPerSecond: { type: "integer", minimum: 10 } },
    required: ["bytesPerSecond"],
    additionalProperties: false,
  },
  create: ({ bytesPerSecond }) =>
    bending((response, call) => {
      if (lengthOf(response) === 0 && !(response.body instanceof Readable)) return response;
      const pieces = trickle(response, Math.ceil((bytesPerSecond * STEP_MS) / 1000), call);
      const headers = { ...response.headers };
      if (!(response.body instanceof Readable)) headers["content-length"] ??= String(lengthOf(response));
      return { ...response, headers, body: inPlaceOf(response.body, pieces) };
    }),
};

async function* trickle(
  { body = "" }: HttpResponse,
  pieceLength: number,
  { wait }: FaultedCall,
): AsyncGenerator<Uint8Array> {
  let isSlow = true;
  for await (const part of chunksOf(body)) {
    const bytes = Buffer.from(part as Uint8Array);
    for (let offset = 0, end = 0; offset < bytes.length; offset = end) {
      if (offset > 0) isSlow &&= await wait(STEP_MS);
      // The rest is not split: a large body would become millions of pieces at once.
      end = isSlow ? offset + pieceLength : bytes.length;
      yield bytes.subarray(offset, end);
    }
  }
}
