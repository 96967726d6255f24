import { open } from "node:fs/promises";

/** Node reads no more than this in one go. */
const MAX_READ_BYTES = 2 ** 30;

/** The bytes of a file, which may be larger than what `readFile` takes (2 GiB), alone in their buffer. */
export async function readWhole(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const bytes = Buffer.allocUnsafeSlow(size);
    let position = 0;
    while (position < size) {
      const length = Math.min(MAX_READ_BYTES, size - position);
      const { bytesRead } = await file.read(bytes, position, length, position);
      if (bytesRead === 0) throw new Error(`expected ${size} bytes, the file ends at ${position}`);
      position += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}
