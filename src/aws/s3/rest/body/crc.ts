import { crc32 } from "node:zlib";
import { Crc32c, Crc64Nvme } from "@aws-sdk/checksums/crc";

/** Computes a checksum of the bytes that it is given, the most significant byte first. */
export interface Digest {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array | Promise<Uint8Array>;
}

export function createCrc32(): Digest {
  let crc = 0;
  return {
    update: (bytes) => (crc = crc32(bytes, crc)),
    digest: () => bigEndian(crc),
  };
}

// The AWS SDK's implementations take 2.3 and 2.8 ms of processor time for a MiB; our own tables took 3.8 and
// 4.9 ms (Node.js 24).
export const createCrc32c = (): Digest => new Crc32c();
export const createCrc64nvme = (): Digest => new Crc64Nvme();

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
