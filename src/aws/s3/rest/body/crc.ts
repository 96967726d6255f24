import { crc32 } from "node:zlib";

/** What is fed with bytes and sums them up. */
export interface Digest {
  update(bytes: Uint8Array): unknown;
  digest(): Buffer;
}

export function createCrc32(): Digest {
  let crc = 0;
  return {
    update: (bytes) => (crc = crc32(bytes, crc)),
    digest: () => bigEndian(crc),
  };
}

/** Castagnoli's polynomial, reflected (RFC 3720, appendix B.4). */
const CRC32C_POLYNOMIAL = 0x82f6_3b78;

export function createCrc32c(): Digest {
  const { low } = tableOf("crc32c", 0, CRC32C_POLYNOMIAL);
  let crc = 0xffff_ffff;
  return {
    update: (bytes) => {
      for (const byte of bytes) crc = (crc >>> 8) ^ (low[(crc ^ byte) & 0xff] ?? 0);
    },
    digest: () => bigEndian(~crc),
  };
}

/** The polynomial of the NVM Express specification, reflected, in two halves. */
const CRC64NVME_POLYNOMIAL = { high: 0x9a6c_9329, low: 0xac4b_c9b5 };

export function createCrc64nvme(): Digest {
  const table = tableOf("crc64nvme", CRC64NVME_POLYNOMIAL.high, CRC64NVME_POLYNOMIAL.low);
  let high = 0xffff_ffff;
  let low = 0xffff_ffff;
  return {
    update: (bytes) => {
      for (const byte of bytes) {
        const index = (low ^ byte) & 0xff;
        low = ((low >>> 8) | (high << 24)) ^ (table.low[index] ?? 0);
        high = (high >>> 8) ^ (table.high[index] ?? 0);
      }
    },
    digest: () => Buffer.concat([bigEndian(~high), bigEndian(~low)]),
  };
}

interface Table {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

const tables = new Map<string, Table>();

function tableOf(name: string, polynomialHigh: number, polynomialLow: number): Table {
  const known = tables.get(name);
  if (known !== undefined) return known;
  const table = { high: new Uint32Array(256), low: new Uint32Array(256) };
  for (let byte = 0; byte < 256; byte++) {
    let high = 0;
    let low = byte;
    for (let bit = 0; bit < 8; bit++) {
      const isOdd = (low & 1) === 1;
      low = ((low >>> 1) | (high << 31)) ^ (isOdd ? polynomialLow : 0);
      high = (high >>> 1) ^ (isOdd ? polynomialHigh : 0);
    }
    table.high[byte] = high;
    table.low[byte] = low;
  }
  tables.set(name, table);
  return table;
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}
