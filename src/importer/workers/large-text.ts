/** Smaller texts are no matter, and memory of the system's own costs a call and whole pages. */
const LARGE_BYTES = 2 ** 20;

/**
 * Memory for a text, of its own pages where it is large: a buffer that may be resized is mapped, and unmapped when
 * it is released. What `malloc` gave stays with the process, up to 64 MB of each of its arenas (glibc's
 * M_TRIM_THRESHOLD, which grows with the blocks that are freed).
 */
export function allocateText(byteLength: number): Uint8Array<ArrayBuffer> {
  if (byteLength < LARGE_BYTES) return new Uint8Array(byteLength);
  return new Uint8Array(new ArrayBuffer(byteLength, { maxByteLength: byteLength }), 0, byteLength);
}

/** Frees a large text at once, not at the next collection: a server with nothing to do has none. */
export function releaseText({ buffer }: Uint8Array<ArrayBuffer>): void {
  if (buffer.resizable) buffer.transferToFixedLength(0);
}

/** A text in memory of its own, which may be handed to another thread. */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  const bytes = allocateText(Buffer.byteLength(text));
  new TextEncoder().encodeInto(text, bytes);
  return bytes;
}

/** Texts one behind the other. */
export function joinTexts(texts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = allocateText(texts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const text of texts) {
    joined.set(text, offset);
    offset += text.length;
  }
  return joined;
}
