import { setImmediate } from "node:timers/promises";
import { DICOM_JSON } from "./accept-plain.ts";

/** A body of DICOM JSON that is written while it is sent. */
export interface DicomJsonAnswer {
  readonly file: AsyncIterable<Uint8Array>;
  readonly contentType: typeof DICOM_JSON;
  readonly hint: string | undefined;
}

/** Bytes of one piece, at least. */
const PIECE_BYTES = 64 * 1024;

/** An array of objects that are text already. Other requests run between two pieces. */
export const answerDicomJson = (
  objects: AsyncIterable<string> | Iterable<string>,
  hint?: string,
): DicomJsonAnswer => ({ file: writeArray(objects), contentType: DICOM_JSON, hint });

async function* writeArray(objects: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Uint8Array> {
  let waiting = "[";
  let separator = "";
  for await (const object of objects) {
    waiting += separator + object;
    separator = ",";
    if (waiting.length < PIECE_BYTES) continue;
    yield Buffer.from(waiting);
    waiting = "";
    await setImmediate();
  }
  yield Buffer.from(`${waiting}]`);
}
