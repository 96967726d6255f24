const JP2_SIGNATURE_BOX = 0x6a502020;
const CODESTREAM_BOX = 0x6a703263;
const COD = 0xff52;
const TLM = 0xff55;
const SOT = 0xff90;

/** Where the levels of a frame end, from what has arrived of it. */
export interface LevelEnds {
  /** Where the codestream begins. */
  readonly start: number;
  /** The end of each level's last tile-part, in bytes of the frame, from the smallest level to the full one. */
  readonly ends: readonly number[];
}

/**
 * Reads where each resolution level ends from the beginning of a frame: its boxes (ISO/IEC 15444-1 I.4) and the main
 * header, whose TLM lists the tile-parts (A.7.1). Undefined until enough has arrived.
 * @throws Error if the tile-parts are not those of resolution levels
 */
export function readLevelEnds(bytes: Uint8Array): LevelEnds | undefined {
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const start = startOf(view);
    return { start, ends: endsOf(view, start) };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function startOf(view: DataView): number {
  if (view.getUint32(4) !== JP2_SIGNATURE_BOX) return 0;
  let offset = 0;
  while (view.getUint32(offset + 4) !== CODESTREAM_BOX) {
    const byteLength = view.getUint32(offset);
    if (byteLength < 8) throw new Error(`the frame is not a JPH file: a box has ${byteLength} bytes`);
    offset += byteLength;
  }
  return offset + 8;
}

function endsOf(view: DataView, start: number): number[] {
  let levels = 0;
  let lengths: number[] = [];
  let offset = start + 2;
  for (; view.getUint16(offset) !== SOT; offset += 2 + view.getUint16(offset + 2)) {
    const marker = view.getUint16(offset);
    if (marker < 0xff00) throw new Error("the frame is not an HTJ2K codestream");
    if (marker === COD) levels = view.getUint8(offset + 9) + 1;
    if (marker === TLM) lengths = readTlm(view, offset);
  }
  if (levels === 0 || lengths.length === 0 || lengths.length % levels !== 0)
    throw new Error(`the codestream has ${lengths.length} tile-parts for ${levels} levels`);
  const perLevel = lengths.length / levels;
  const ends: number[] = [];
  let end = offset;
  for (const [index, byteLength] of lengths.entries()) {
    end += byteLength;
    if ((index + 1) % perLevel === 0) ends.push(end);
  }
  return ends;
}

/** Stlm says how wide the index and the length of a tile-part are. */
function readTlm(view: DataView, offset: number): number[] {
  const byteLength = view.getUint16(offset + 2);
  const stlm = view.getUint8(offset + 5);
  const indexBytes = (stlm >> 4) & 3;
  const lengthBytes = stlm & 0x40 ? 4 : 2;
  const lengths: number[] = [];
  for (let at = offset + 6; at < offset + 2 + byteLength; at += indexBytes + lengthBytes)
    lengths.push(lengthBytes === 4 ? view.getUint32(at + indexBytes) : view.getUint16(at + indexBytes));
  return lengths;
}
