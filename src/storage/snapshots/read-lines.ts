import { openRegularFile } from "../files/regular-file.ts";
import { SnapshotError } from "./snapshot-error.ts";

/** Far more than a document has. */
const MAX_LINE_BYTES = 64 * 2 ** 20;
const NEWLINE = 10;

/**
 * The lines of an untrusted file.
 * @throws SnapshotError if a line is too long, before memory is allocated for it; the system's error
 */
export async function* readLines(path: string, maxLineBytes = MAX_LINE_BYTES): AsyncGenerator<string> {
  let begun: Uint8Array[] = [];
  let byteLength = 0;
  const file = await openRegularFile(path);
  for await (const chunk of file.createReadStream() as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      yield Buffer.concat([...begun, chunk.subarray(start, end)]).toString();
      [begun, byteLength, start] = [[], 0, end + 1];
    }
    begun.push(chunk.subarray(start));
    byteLength += chunk.length - start;
    if (byteLength > maxLineBytes)
      throw new SnapshotError("InvalidSnapshot", `it has a line of more than ${maxLineBytes} bytes`);
  }
  if (byteLength > 0) yield Buffer.concat(begun).toString();
}
