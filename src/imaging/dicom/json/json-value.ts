import { isBase64 } from "../../../api/base64.ts";
import { isRecord } from "../../../api/json.ts";
import type { MetadataValue } from "../element-value.ts";
import { encodeValue } from "../part10/encode-value.ts";
import { isTag } from "../tag.ts";
import { isBinary } from "../vr.ts";

/** Throws a DicomError that names the attribute. */
type Refuse = (problem: string) => never;

/** VRs in which Specific Character Set counts (PS3.5 6.1.2.2): any text. */
const ANY_TEXT: ReadonlySet<string> = new Set(["LO", "LT", "PN", "SH", "ST", "UC", "UT"]);
/** VRs of one value, in which a backslash is text (PS3.5 6.2). */
const ONE_TEXT: ReadonlySet<string> = new Set(["LT", "ST", "UR", "UT"]);
const NUMBERS: ReadonlySet<string> = new Set(["FD", "FL", "SL", "SS", "SV", "UL", "US", "UV"]);
/** They may be strings: for integers beyond 2^53, NaN and infinities (PS3.18 F.2.3). */
const NUMBERS_AS_TEXT: ReadonlySet<string> = new Set(["FD", "FL", "SV", "UV"]);
/** Text whose JSON value may be a number (PS3.18 F.2.3). */
const TEXT_OF_NUMBERS: ReadonlySet<string> = new Set(["DS", "IS"]);

/** Text has no control characters but these four (PS3.5 6.1.3): an escape would begin another character set. */
const CONTROLS = /[^\P{Cc}\t\n\f\r]/u;
const NON_ASCII = /\P{ASCII}/u;

/**
 * The value field of a DICOM JSON value that is not a sequence (PS3.18 F.2.3), as a file would have it:
 * little-endian, text as UTF-8, without padding.
 * @param values members of `Value`
 */
export function bytesOfJson(
  vr: string,
  values: readonly unknown[],
  inlineBinary: unknown,
  refuse: Refuse,
): Uint8Array {
  if (isBinary(vr)) return inlineBytes(values, inlineBinary, refuse);
  if (inlineBinary !== undefined) return refuse(`has InlineBinary, expected a Value of VR ${vr}`);
  const told = values.map((value) => (value === null ? null : readValue(vr, value, refuse)));
  if (ONE_TEXT.has(vr) && told.length > 1) return refuse(`has ${told.length} values, VR ${vr} has one`);
  const encoded = encodeValue(told, vr);
  return encoded.vr === vr ? encoded.bytes : refuse(`has a value that is not of its VR ${vr}`);
}

function inlineBytes(values: readonly unknown[], inlineBinary: unknown, refuse: Refuse): Uint8Array {
  if (values.length > 0) return refuse("has a Value, expected InlineBinary");
  if (inlineBinary === undefined) return new Uint8Array(0);
  if (typeof inlineBinary !== "string" || !isBase64(inlineBinary))
    return refuse("has InlineBinary that is not base64");
  return Buffer.from(inlineBinary, "base64");
}

function readValue(vr: string, value: unknown, refuse: Refuse): MetadataValue {
  const misfit = (): never => refuse(`has a value that is not of its VR ${vr}`);
  if (typeof value === "number") {
    if (vr === "FL") return Math.fround(value);
    if (NUMBERS.has(vr)) return value;
    return TEXT_OF_NUMBERS.has(vr) ? numberAsText(value) : misfit();
  }
  if (vr === "PN") return readPersonName(value, refuse);
  if (typeof value !== "string" || (NUMBERS.has(vr) && !NUMBERS_AS_TEXT.has(vr))) return misfit();
  if (vr === "AT") return isTag(value.toUpperCase()) ? value.toUpperCase() : misfit();
  return checkText(vr, value, refuse);
}

/** Component groups, of which the last ones may be missing (PS3.5 6.2.1). */
function readPersonName(value: unknown, refuse: Refuse): string {
  if (!isRecord(value)) return refuse("is a name that is not an object with Alphabetic");
  const { Alphabetic = "", Ideographic = "", Phonetic = "", ...others } = value;
  const [stray] = Object.keys(others);
  if (stray !== undefined)
    return refuse(`is a name with ${stray.slice(0, 64)}, which DICOM JSON does not have`);
  const groups = [Alphabetic, Ideographic, Phonetic].map((group) =>
    typeof group === "string" ? checkText("PN", group, refuse) : refuse("is a name that is not text"),
  );
  return groups.join("=").replace(/=+$/, "");
}

function checkText(vr: string, text: string, refuse: Refuse): string {
  if (!text.isWellFormed()) return refuse("has half of a surrogate pair, which is not a character");
  if (CONTROLS.test(text)) return refuse("has a control character");
  if (NON_ASCII.test(text) && !ANY_TEXT.has(vr)) return refuse(`has a character that VR ${vr} does not have`);
  if (text.includes("\\") && !ONE_TEXT.has(vr)) return refuse("has a backslash, which separates values");
  return text;
}

/** DS and IS have up to 16 characters (PS3.5 6.2): a longer number is rounded. */
function numberAsText(value: number): string {
  const text = String(value);
  if (text.length <= MAX_NUMBER_LENGTH) return text;
  const rounded = ROUNDINGS.map((digits) => String(Number(value.toPrecision(digits))));
  return rounded.find(({ length }) => length <= MAX_NUMBER_LENGTH) ?? text;
}

const MAX_NUMBER_LENGTH = 16;
const ROUNDINGS = [16, 15, 14, 13, 12, 11, 10, 9];
