/** What `imaging/pixels` uses of Node.js, for browsers: the build puts this file in its place. */

/** The part of Buffer that decoding needs. */
export const Buffer = {
  /** @param encoding only base64 is known */
  from: (text: string, encoding: "base64"): Uint8Array => {
    if (encoding !== "base64") throw new TypeError(`expected base64, got ${String(encoding)}`);
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  },
};

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** CRC-32 of ISO 3309, as that of `node:zlib`. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let at = 0; at < bytes.length; at++) {
    crc = (TABLE[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
