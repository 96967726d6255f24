/** For numbers of any byte order at any offset; the bytes are not copied. */
export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Always a copy with a separate buffer: `Buffer.concat` puts small ones into a pool. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Whether all bytes are 0: the first one is, and each equals the one before it. Gigabytes take a second. */
export function isZeros(bytes: Uint8Array): boolean {
  if (bytes.length === 0) return true;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer[0] === 0 && buffer.subarray(1).equals(buffer.subarray(0, -1));
}
