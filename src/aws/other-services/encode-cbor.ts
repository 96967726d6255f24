const TEXT = 0x60;
const MAP = 0xa0;

/** A map of strings in CBOR (RFC 8949, 3.1): what an error is. @param map of at most 23 members, each below 64 KB */
export const encodeCbor = (map: Readonly<Record<string, string>>): Buffer =>
  Buffer.concat([
    Buffer.of(MAP | Object.keys(map).length),
    ...Object.entries(map).flatMap(([name, value]) => [encodeText(name), encodeText(value)]),
  ]);

function encodeText(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([headOf(bytes.length), bytes]);
}

function headOf(length: number): Buffer {
  if (length < 24) return Buffer.of(TEXT | length);
  if (length < 0x100) return Buffer.of(TEXT | 24, length);
  return Buffer.of(TEXT | 25, length >> 8, length & 0xff);
}
