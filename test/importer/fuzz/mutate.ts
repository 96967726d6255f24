/** Damages the bytes of a DICOM file in one way or several; the same seed, the same damage. */
export function mutate(original: Uint8Array, seed: number): Uint8Array {
  const random = randomNumbers(seed);
  let bytes: Uint8Array = new Uint8Array(original);
  for (let times = 1 + random(3); times > 0 && bytes.length > 200; times--) {
    bytes = (MUTATIONS[random(MUTATIONS.length)] ?? flipBits)(bytes, random);
  }
  return new Uint8Array(bytes);
}

/** A whole number from 0, below the one given. */
type Random = (below: number) => number;
type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

const HEADER_START = 132;
/** Where the elements of most files end and their pixels begin, roughly. */
const HEADER_BYTES = 3_000;

const flipBits: Mutation = (bytes, random) => flip(bytes, random, 0, bytes.length);

const flipHeaderBits: Mutation = (bytes, random) =>
  flip(bytes, random, HEADER_START, Math.min(bytes.length, HEADER_START + HEADER_BYTES));

const flipPixelBits: Mutation = (bytes, random) => flip(bytes, random, bytes.length >> 1, bytes.length);

function flip(bytes: Uint8Array, random: Random, start: number, end: number): Uint8Array {
  for (let times = 1 + random(16); times > 0; times--) {
    const at = start + random(end - start);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
  }
  return bytes;
}

const plantLength: Mutation = (bytes, random) => {
  const lengths = [0xffffffff, 0xfffffffe, 0x7fffffff, 0x80000000, 0x10000, 0xffff, 1, 0];
  const at = HEADER_START + 2 * random(Math.min(bytes.length - HEADER_START - 4, HEADER_BYTES) >> 1);
  new DataView(bytes.buffer).setUint32(at, lengths[random(lengths.length)] ?? 0, true);
  return bytes;
};

const truncate: Mutation = (bytes, random) => bytes.slice(0, random(bytes.length));

const truncateALittle: Mutation = (bytes, random) => bytes.slice(0, bytes.length - 1 - random(64));

const takeOut: Mutation = (bytes, random) => {
  const at = HEADER_START + random(bytes.length - HEADER_START);
  return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + random(40)));
};

const repeat: Mutation = (bytes, random) => {
  const at = HEADER_START + random(bytes.length - HEADER_START);
  const again = bytes.subarray(at, at + random(2_000));
  return joined(bytes.subarray(0, at), again, bytes.subarray(at));
};

const overwrite: Mutation = (bytes, random) => {
  const start = random(bytes.length);
  const end = Math.min(bytes.length, start + 1 + random(500));
  for (let at = start; at < end; at++) bytes[at] = random(256);
  return bytes;
};

/** Of the image's shape: what a reader takes memory by. */
const SHAPE_TAGS = [
  0x00280002, 0x00280003, 0x00280006, 0x00280010, 0x00280011, 0x00280100, 0x00280101, 0x00280102, 0x00280103,
];
const SHAPE_VALUES = [0, 1, 2, 3, 7, 8, 15, 16, 17, 32, 255, 4096, 32_767, 65_535];

const reshape: Mutation = (bytes, random) => {
  const tag = SHAPE_TAGS[random(SHAPE_TAGS.length)] ?? 0;
  const head = Buffer.from([tag >>> 16, tag >>> 24, tag, tag >>> 8]);
  const at = Buffer.from(bytes.buffer).indexOf(head);
  if (at < 0 || at + 10 > bytes.length) return bytes;
  new DataView(bytes.buffer).setUint16(at + 8, SHAPE_VALUES[random(SHAPE_VALUES.length)] ?? 0, true);
  return bytes;
};

const multiplyFrames: Mutation = (bytes, random) => {
  const at = Buffer.from(bytes.buffer).indexOf(Buffer.from([0x28, 0, 0x08, 0, 0x49, 0x53]));
  const counts = ["0 ", "-1", "2 ", "99", "1e"];
  if (at >= 0 && at + 10 <= bytes.length) bytes.set(Buffer.from(counts[random(counts.length)] ?? ""), at + 8);
  return bytes;
};

const SYNTAXES = [
  "",
  ".1",
  ".2",
  ".5",
  ".1.99",
  ".4.50",
  ".4.51",
  ".4.57",
  ".4.70",
  ".4.80",
  ".4.90",
  ".4.201",
];

/** At most as many bytes as the original: a longer one is truncated. */
const changeSyntax: Mutation = (bytes, random) => {
  const at = Buffer.from(bytes.buffer).indexOf(Buffer.from([2, 0, 0x10, 0, 0x55, 0x49]));
  if (at < 0 || at + 40 > bytes.length) return bytes;
  const length = new DataView(bytes.buffer).getUint16(at + 6, true) % 32;
  const uid = `1.2.840.10008.1.2${SYNTAXES[random(SYNTAXES.length)]}`;
  bytes.set(Buffer.from(uid.padEnd(length, "\0").slice(0, length)), at + 8);
  return bytes;
};

const MUTATIONS: readonly Mutation[] = [
  flipBits,
  flipHeaderBits,
  flipPixelBits,
  plantLength,
  truncate,
  truncateALittle,
  takeOut,
  repeat,
  overwrite,
  reshape,
  multiplyFrames,
  changeSyntax,
];

const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** Mulberry32: small, and the same everywhere. */
function randomNumbers(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
