import { isAscii, isUtf8 } from "node:buffer";
import { convertBytes } from "dicom-character-set";

/** The defined terms of Specific Character Set (0008,0005); none means ISO IR 6. */
export type CharacterSet = readonly string[];

export const DEFAULT_REPERTOIRE: CharacterSet = [];

const ESCAPE = 0x1b;

/** The maximum number of values of Specific Character Set. */
const MAX_BYTE_LENGTH = 1024;

/** Registered in PS3.3 C.12.1.1.2: without, then with code extensions. */
const STANDALONE: ReadonlySet<string> = new Set(["ISO_IR 192", "GB18030", "GBK"]);
const SINGLE_BYTE = "100 101 109 110 144 127 126 138 148 13 166".split(" ");
const MULTI_BYTE = "87 159 149 58".split(" ");
const EXTENSIONS = ["6", ...SINGLE_BYTE, ...MULTI_BYTE].map((number) => `ISO 2022 IR ${number}`);
const KNOWN: ReadonlySet<string> = new Set([
  ...STANDALONE,
  ...EXTENSIONS,
  ...SINGLE_BYTE.map((number) => `ISO_IR ${number}`),
]);

/** Parses (0008,0005), also in the spellings of real files: `ISO-IR 100`, `ISO 2022-IR 87`. */
export function characterSetOf(bytes: Uint8Array): CharacterSet {
  const names = latin1(bytes.subarray(0, MAX_BYTE_LENGTH))
    .split("\\")
    .map((name) =>
      name
        .replace(/[\0 ]+$/, "")
        .trim()
        .toUpperCase()
        .replace(/^ISO[-_ ]?IR[-_ ]?(?=\d)/, "ISO_IR ")
        .replace(/^ISO[-_ ]?2022[-_ ]?IR[-_ ]?(?=\d)/, "ISO 2022 IR "),
    );
  const [first = "", ...others] = names;
  const known = others.filter((name) => KNOWN.has(name));
  if (KNOWN.has(first)) return [first, ...known];
  return known.length > 0 ? ["ISO 2022 IR 6", ...known] : DEFAULT_REPERTOIRE;
}

/**
 * Decodes a value field as text. Never throws: escape sequences of undeclared sets are followed too. Bytes
 * that still cannot be decoded, or have an unknown set, are UTF-8 if they are valid UTF-8, otherwise Latin-1.
 * Assumed: unknown-character-set. The service's behaviour is not documented.
 */
export function decodeText(bytes: Uint8Array, characterSet: CharacterSet, vr: string): string {
  const hasEscape = bytes.includes(ESCAPE);
  // JIS X 0201 has a yen sign and an overline in place of \ and ~.
  const isAsciiSuperset = !characterSet[0]?.endsWith("IR 13");
  if (!hasEscape && isAsciiSuperset && isAscii(bytes)) return latin1(bytes);
  if (!hasEscape && characterSet.length === 0) return withoutCharacterSet(bytes);
  const declared = characterSet.length > 0 ? characterSet : ["ISO 2022 IR 6"];
  const names = hasEscape ? [...declared, ...EXTENSIONS] : declared;
  try {
    return convertBytes(names.join("\\"), bytes, { vr });
  } catch {
    return withoutCharacterSet(bytes);
  }
}

/** Whether text is in its character set: `decodeText` guesses the rest. */
export function isDecodable(bytes: Uint8Array, characterSet: CharacterSet, vr: string): boolean {
  if (!TEXT.has(vr) || isAscii(bytes)) return true;
  if (characterSet.length === 0) return false;
  try {
    convertBytes(characterSet.join("\\"), bytes, { vr });
    return true;
  } catch {
    return false;
  }
}

/** VRs that are in the character set of their data set (PS3.5 6.1.2.2), and those that are ASCII. */
const TEXT: ReadonlySet<string> = new Set("AE AS CS DA DS DT IS LO LT PN SH ST TM UC UI UR UT".split(" "));

const withoutCharacterSet = (bytes: Uint8Array): string =>
  isUtf8(bytes) ? asBuffer(bytes).toString("utf8") : latin1(bytes);

const latin1 = (bytes: Uint8Array): string => asBuffer(bytes).toString("latin1");

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
