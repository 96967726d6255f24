import type { JsonValue } from "../../../domain/image-sets/metadata/metadata-document.ts";

/**
 * The usual values of a VR in the DICOM JSON Model, as the text between the brackets of `Value`, several times faster
 * than any value of any VR; undefined for other values.
 */
export type WriteValue = (value: JsonValue) => string | undefined;

export const writeText: WriteValue = (value) => {
  if (typeof value === "string") return JSON.stringify(value);
  const isList = Array.isArray(value) && value.every((each) => typeof each === "string" && each !== "");
  return isList ? value.map((each) => JSON.stringify(each)).join(",") : undefined;
};

const writeName: WriteValue = (value) =>
  typeof value === "string" && !value.includes("=") ? `{"Alphabetic":${JSON.stringify(value)}}` : undefined;

const writeNumeral: WriteValue = (value) =>
  typeof value === "string" && /^(0|-?[1-9]\d{0,8})$/.test(value) ? value : undefined;

const writeNumber: WriteValue = (value) => (typeof value === "number" ? String(value) : undefined);

const notHere: WriteValue = () => undefined;

/** Of VRs whose values are not text. */
export const WRITERS: ReadonlyMap<string, WriteValue> = new Map([
  ["IS", writeNumeral],
  ["PN", writeName],
  ["US", writeNumber],
  ["SQ", notHere],
]);
