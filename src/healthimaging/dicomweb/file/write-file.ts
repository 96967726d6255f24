import type { OfferedTransferSyntax } from "../accept.ts";
import type { FoundInstance } from "../find-instance.ts";
import { writeFileParts } from "../instance-file.ts";
import type { SentFrames } from "./sent-frames.ts";

export interface WrittenFile {
  readonly file: AsyncIterable<Uint8Array>;
  readonly byteLength: number;
}

/** The entire file; its length is known before its frames are read. */
export function writeFile(
  { attributes, instance }: Omit<FoundInstance, "sopInstanceUID">,
  transferSyntaxUID: OfferedTransferSyntax,
  frames: SentFrames | undefined,
): WrittenFile {
  const described = { ...attributes, ...frames?.attributes };
  const { before, after } = writeFileParts(described, instance.DICOMVRs, transferSyntaxUID);
  const { start, end, around } = frames?.layout ?? { start: NOTHING, end: NOTHING, around: [] };
  const head = Buffer.concat([before, start]);
  const tail = Buffer.concat([end, after]);
  const frameBytes = (frames?.byteLengths ?? []).map(
    (byteLength, index) =>
      byteLength + (around[index]?.before.length ?? 0) + (around[index]?.after.length ?? 0),
  );
  async function* write(): AsyncGenerator<Uint8Array> {
    yield head;
    let index = 0;
    for await (const bytes of frames?.bytes() ?? []) {
      // One by one: `yield*` cannot pass the end of a client's connection on to a list, and fails with
      // another error.
      for (const piece of [around[index]?.before, bytes, around[index]?.after].filter(isSomething))
        yield piece;
      index += 1;
    }
    if (tail.length > 0) yield tail;
  }
  return {
    file: write(),
    byteLength: frameBytes.reduce((sum, each) => sum + each, head.length + tail.length),
  };
}

const NOTHING = new Uint8Array(0);

const isSomething = (bytes: Uint8Array | undefined): bytes is Uint8Array =>
  bytes !== undefined && bytes.length > 0;
