import { toLittleEndian } from "../byte-order.ts";
import type { DataElement, DataSet } from "../data-set.ts";
import type { RawDataSet, RawElement } from "./element-reader.ts";
import { impliedVr } from "../dictionary/dictionary.ts";

const NO_BYTES = new Uint8Array(0);
const EMPTY: DataSet = new Map();

/**
 * The elements of a file as a data set: VRs resolved, values little-endian.
 * @param isSigned Pixel Representation of a surrounding data set
 */
export function toDataSet(raw: RawDataSet, bytes: Uint8Array, isSigned = false): DataSet {
  if (raw.size === 0) return EMPTY;
  const isSignedHere = pixelRepresentation(raw, bytes) ?? isSigned;
  const dataSet = new Map<string, DataElement>();
  for (const element of inOrder(raw)) {
    dataSet.set(element.tag, toElement(element, bytes, isSignedHere));
  }
  return dataSet;
}

/** Ascending by tag. Files that are not in this order are rare (PS3.5 7.1). */
function inOrder(raw: RawDataSet): Iterable<RawElement> {
  let before = "";
  for (const tag of raw.keys()) {
    if (tag < before) return [...raw.values()].toSorted((left, right) => (left.tag < right.tag ? -1 : 1));
    before = tag;
  }
  return raw.values();
}

function toElement(raw: RawElement, bytes: Uint8Array, isSigned: boolean): DataElement {
  const { tag, items, fragments } = raw;
  if (fragments) {
    const views = fragments.fragments.map(({ position, length }) =>
      bytes.subarray(position, position + length),
    );
    return { tag, vr: "OB", bytes: NO_BYTES, encapsulated: { ...fragments, fragments: views } };
  }
  if (items) {
    return { tag, vr: "SQ", bytes: NO_BYTES, items: items.map((item) => toDataSet(item, bytes, isSigned)) };
  }
  const vr = vrOf(raw, isSigned);
  const value = bytes.subarray(raw.start, raw.end);
  return { tag, vr, bytes: raw.isBigEndian ? toLittleEndian(value, vr) : value };
}

/**
 * Assumed: known-un-elements. An element that was sent as UN gets the dictionary's VR (PS3.5 6.2.2, note 2).
 */
function vrOf({ tag, vr }: RawElement, isSigned: boolean): string {
  if (vr !== undefined && vr !== "UN") return vr;
  const implied = impliedVr(tag, isSigned);
  return implied === "SQ" ? "UN" : implied;
}

function pixelRepresentation(raw: RawDataSet, bytes: Uint8Array): boolean | undefined {
  const found = raw.get("00280103");
  if (found === undefined || found.end - found.start < 2) return undefined;
  return bytes[found.start + (found.isBigEndian ? 1 : 0)] === 1;
}
