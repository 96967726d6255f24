/** A box of a JPH file (ISO/IEC 15444-1 annex I), read here without the code under test. */
export interface Box {
  readonly type: string;
  /** Of its first byte, in the file. */
  readonly offset: number;
  readonly content: Buffer;
}

/** A length of 0 is that of the last box: to the end. */
export function readBoxes(bytes: Uint8Array): Box[] {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const boxes: Box[] = [];
  for (let offset = 0; offset < file.length;) {
    const byteLength = file.readUInt32BE(offset) || file.length - offset;
    if (byteLength < 8 || offset + byteLength > file.length)
      throw new Error(`a box of ${byteLength} bytes at ${offset} of ${file.length}`);
    const type = file.toString("latin1", offset + 4, offset + 8);
    boxes.push({ type, offset, content: file.subarray(offset + 8, offset + byteLength) });
    offset += byteLength;
  }
  return boxes;
}

export const isJph = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, 12)).equals(Buffer.from("0000000c6a5020200d0a870a", "hex"));

/** The codestream of a JPH file, the bytes themselves where they are not a file; it shares their memory. */
export function codestreamOf(frame: Uint8Array): Buffer {
  if (!isJph(frame)) return Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  const last = readBoxes(frame).at(-1);
  if (last?.type !== "jp2c") throw new Error(`expected jp2c as the last box, got ${last?.type}`);
  return last.content;
}

/** What `jp2h` says of the image. */
export function readImageHeader(file: Uint8Array) {
  const inner = new Map<string, Buffer>();
  const outer = readBoxes(file).find(({ type }) => type === "jp2h")?.content ?? Buffer.alloc(0);
  for (const { type, content } of readBoxes(outer)) inner.set(type, content);
  const ihdr = inner.get("ihdr") ?? Buffer.alloc(0);
  return {
    height: ihdr.readUInt32BE(0),
    width: ihdr.readUInt32BE(4),
    componentCount: ihdr.readUInt16BE(8),
    depth: ihdr.readUInt8(10),
    colourSpace: inner.get("colr")?.readUInt32BE(3),
    depths: [...(inner.get("bpcc") ?? [])],
  };
}
