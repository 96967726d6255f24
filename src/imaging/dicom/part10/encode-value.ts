import { isBase64 } from "../../../api/base64.ts";
import type { MetadataValue } from "../element-value.ts";
import { writeTag } from "../tag.ts";
import { isBinary } from "../vr.ts";

type Scalar = number | string;
type WriteNumber = (view: DataView, value: number | bigint) => void;
interface NumberLayout {
  readonly byteLength: number;
  readonly isInRange: (value: number | bigint) => boolean;
  readonly write: WriteNumber;
}

const integer = (byteLength: number, lowest: number, highest: number, write: WriteNumber): NumberLayout => ({
  byteLength,
  isInRange: (value) => Number.isInteger(Number(value)) && value >= lowest && value <= highest,
  write,
});

const long = (lowest: bigint, highest: bigint, write: WriteNumber): NumberLayout => ({
  byteLength: 8,
  isInRange: (value) =>
    (typeof value === "bigint" || Number.isInteger(value)) &&
    BigInt(value) >= lowest &&
    BigInt(value) <= highest,
  write,
});

/** In the order in which a number that does not fit its VR tries others. */
const NUMBERS: ReadonlyMap<string, NumberLayout> = new Map([
  ["US", integer(2, 0, 0xffff, (view, value) => view.setUint16(0, Number(value), true))],
  ["SS", integer(2, -0x8000, 0x7fff, (view, value) => view.setInt16(0, Number(value), true))],
  ["UL", integer(4, 0, 0xffffffff, (view, value) => view.setUint32(0, Number(value), true))],
  ["SL", integer(4, -0x80000000, 0x7fffffff, (view, value) => view.setInt32(0, Number(value), true))],
  ["UV", long(0n, 2n ** 64n - 1n, (view, value) => view.setBigUint64(0, BigInt(value), true))],
  ["SV", long(-(2n ** 63n), 2n ** 63n - 1n, (view, value) => view.setBigInt64(0, BigInt(value), true))],
  [
    "FL",
    {
      byteLength: 4,
      isInRange: (value) => Object.is(Math.fround(Number(value)), Number(value)),
      write: (view, value) => view.setFloat32(0, Number(value), true),
    },
  ],
  [
    "FD",
    {
      byteLength: 8,
      isInRange: () => true,
      write: (view, value) => view.setFloat64(0, Number(value), true),
    },
  ],
]);

/** A value field and its final VR. */
export interface EncodedValue {
  readonly vr: string;
  /** Unpadded. */
  readonly bytes: Uint8Array;
}

/**
 * Encodes an element of image set metadata that is not a sequence, little-endian, text in UTF-8: the inverse
 * of `valuesOf`. A value that does not fit its VR is kept under another one that it fits.
 */
export function encodeValue(value: MetadataValue, vr: string): EncodedValue {
  const scalars = scalarsOf(value);
  if (scalars.length === 0) return { vr, bytes: new Uint8Array(0) };
  if (isBinary(vr)) return encodeBinary(scalars, vr);
  if (vr === "AT") return encodeTags(scalars);
  return NUMBERS.has(vr) ? encodeNumbers(scalars, vr) : encodeText(scalars, vr);
}

function scalarsOf(value: MetadataValue): Scalar[] {
  const values = Array.isArray(value) ? (value as readonly MetadataValue[]) : [value];
  if (values.length === 1 && (values[0] === null || values[0] === "")) return [];
  return values.map((each) => (typeof each === "number" || typeof each === "string" ? each : ""));
}

/** Numbers in place of bytes come from a file with another VR of the dictionary's choice. */
function encodeBinary(scalars: readonly Scalar[], vr: string): EncodedValue {
  const [first = ""] = scalars;
  if (typeof first === "number") return encodeNumbers(scalars, "US");
  return { vr, bytes: Buffer.from(first, "base64") };
}

function encodeTags(scalars: readonly Scalar[]): EncodedValue {
  if (!scalars.every((tag) => /^[0-9A-F]{8}$/i.test(String(tag)))) return encodeFromBase64(scalars, "AT");
  const bytes = Buffer.alloc(4 * scalars.length);
  for (const [index, tag] of scalars.entries()) writeTag(bytes, String(tag), 4 * index);
  return { vr: "AT", bytes };
}

function encodeNumbers(scalars: readonly Scalar[], vr: string): EncodedValue {
  const values = scalars.map(numberOf);
  if (!values.every((value) => value !== undefined)) return encodeFromBase64(scalars, vr);
  const fits = ([, { isInRange }]: readonly [string, NumberLayout]): boolean => values.every(isInRange);
  const own = [...NUMBERS].filter(([name]) => name === vr);
  const found = [...own, ...NUMBERS].find(fits);
  if (found === undefined) return encodeText(scalars, "UT");
  const [chosen, { byteLength, write }] = found;
  const bytes = new Uint8Array(byteLength * values.length);
  for (const [index, value] of values.entries()) {
    write(new DataView(bytes.buffer, index * byteLength), value);
  }
  return { vr: chosen, bytes };
}

/** JSON's numbers, and the strings for numbers that JSON cannot represent. */
function numberOf(value: Scalar): number | bigint | undefined {
  if (typeof value === "number") return value;
  if (/^-?\d{16,20}$/.test(value)) return BigInt(value);
  if (/^(NaN|-?Infinity|-?\d+(\.\d+)?)$/.test(value)) return Number(value);
  return undefined;
}

/** A number field whose length fits no numbers, which the metadata has as base64; else text. */
function encodeFromBase64(scalars: readonly Scalar[], vr: string): EncodedValue {
  const [first, ...others] = scalars;
  const isBytes = typeof first === "string" && isBase64(first) && others.length === 0;
  if (!isBytes) return encodeText(scalars, "UT");
  return { vr, bytes: Buffer.from(first, "base64") };
}

const encodeText = (scalars: readonly Scalar[], vr: string): EncodedValue => ({
  vr,
  bytes: Buffer.from(scalars.map(String).join("\\"), "utf8"),
});
