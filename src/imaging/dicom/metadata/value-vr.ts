import { isBase64 } from "../../../api/base64.ts";
import { isRecord } from "../../../api/json.ts";
import { lookUp } from "../dictionary/dictionary.ts";
import type { MetadataObject, MetadataValue } from "../element-value.ts";
import { isPrivateCreator } from "../tag.ts";
import { toldVr } from "./instance-vrs.ts";

/** Where an element of image set metadata stands. */
export interface ValuePlace {
  /** The instance's DICOMVRs. */
  readonly vrs: Readonly<Record<string, string>>;
  /** The path of the surrounding sequences: see nestedPath. */
  readonly path: string;
  /** Pixel Representation of this or a surrounding data set. */
  readonly isSigned: boolean;
}

/** The place of the elements of a data set that is in a place. */
export function placeWithin<Place extends ValuePlace>(attributes: MetadataObject, around: Place): Place {
  const representation = attributes["PixelRepresentation"];
  return typeof representation === "number" ? { ...around, isSigned: representation === 1 } : around;
}

/** The VR of an element of image set metadata. */
export function vrOfValue(
  tag: string,
  value: MetadataValue,
  siblings: MetadataObject,
  { vrs, path, isSigned }: ValuePlace,
): string {
  if (listOfValues(value).some(isRecord)) return "SQ";
  const told = toldVr(vrs, path, tag);
  if (told !== undefined) return told;
  const known = lookUp(tag)?.vr;
  if (known === undefined) return guess(tag, value);
  return known.includes("/") ? choose(known, value, siblings, isSigned) : known;
}

const MAX_SS = 0x7fff;

/** Resolves the dictionary's choices (PS3.5 A.2). For numbers the value decides, too. */
function choose(choices: string, value: MetadataValue, siblings: MetadataObject, isSigned: boolean): string {
  if (!choices.includes("US") || isText(value)) {
    return choices.includes("OB") && siblings["WaveformBitsAllocated"] === 8 ? "OB" : "OW";
  }
  const numbers = listOfValues(value).map(Number);
  if (!choices.includes("SS") || numbers.some((number) => number > MAX_SS)) return "US";
  return isSigned || numbers.some((number) => number < 0) ? "SS" : "US";
}

/** Metadata of an older import lacks the VRs of private elements inside sequences. */
function guess(tag: string, value: MetadataValue): string {
  if (isPrivateCreator(tag)) return "LO";
  if (listOfValues(value).some((each) => typeof each === "number")) return "FD";
  const [first] = listOfValues(value);
  return typeof first === "string" && isBase64(first) ? "UN" : "UT";
}

const isText = (value: MetadataValue): boolean => typeof value === "string" && !/^-?\d{1,5}$/.test(value);

/** One value is a list of it. */
export const listOfValues = (value: MetadataValue): readonly MetadataValue[] =>
  Array.isArray(value) ? (value as readonly MetadataValue[]) : [value];
