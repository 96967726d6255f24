import { isZeros } from "../../pixels/bytes.ts";
import { DicomError } from "../dicom-error.ts";
import { lookUp, nameInMessages } from "../dictionary/dictionary.ts";
import { ITEM, ITEM_DELIMITER, PIXEL_DATA, SEQUENCE_DELIMITER } from "../tag.ts";
import { HEADER_LENGTH, UNDEFINED_LENGTH } from "../vr.ts";
import { type ElementHeader, type Encoding, readHeader, tagAt } from "./element-header.ts";
import { type FragmentSequence, readFragments } from "./fragments.ts";
import { type MetadataBudget, MetadataTooLarge, TooManyElements } from "../metadata/metadata-budget.ts";

/** A data element by its position in the file. */
export interface RawElement extends Pick<ElementHeader, "tag" | "vr" | "start"> {
  /** The end of the value field, without its delimiter. */
  readonly end: number;
  /** Whether the words of its value are big-endian. */
  readonly isBigEndian: boolean;
  readonly items?: readonly RawDataSet[];
  /** The fragments of encapsulated pixel data. */
  readonly fragments?: FragmentSequence;
}

/** By tag. If an element occurs twice the last one counts. */
export type RawDataSet = ReadonlyMap<string, RawElement>;

/** Deeper than any real document, and shallow enough for recursion. */
const MAX_DEPTH = 100;
const IMPLICIT_VR_LITTLE_ENDIAN: Encoding = { isExplicit: false, isBigEndian: false };
const EMPTY: RawDataSet = new Map();

/** What was read, and the position of the next read. */
type Read<T> = readonly [what: T, next: number];

/** The context of the current elements: their encoding and what surrounds them. */
interface Surroundings {
  readonly encoding: Encoding;
  readonly depth: number;
  /** End of the item, sequence or file around them. */
  readonly end: number;
}

/** Reads the structure of data sets, without their values. Throws DicomError. */
export class ElementReader {
  readonly #bytes: Uint8Array;
  readonly #budget: MetadataBudget;
  /** Elements that occur again in their data set. */
  readonly repeatedTags: string[] = [];

  constructor(bytes: Uint8Array, budget: MetadataBudget) {
    this.#bytes = bytes;
    this.#budget = budget;
  }

  /** Only the elements of one group (GGGG), which come first, and their end. */
  readGroup(start: number, group: string, encoding: Encoding): Read<RawDataSet> {
    const elements = new Map<string, RawElement>();
    const around = { encoding, depth: 0, end: this.#bytes.length };
    let at = start;
    while (at + HEADER_LENGTH <= around.end && tagAt(this.#bytes, at, encoding).startsWith(group)) {
      at = this.#readInto(elements, at, around);
    }
    return [elements, at];
  }

  /** All elements of a data set that is not part of another. */
  readDataSet(encoding: Encoding): RawDataSet {
    const elements = new Map<string, RawElement>();
    const around = { encoding, depth: 0, end: this.#bytes.length };
    let at = 0;
    while (at < around.end && !this.#isPadding(at)) {
      this.#expectHeader(at, around.end);
      // Ignores delimiters that end nothing.
      if (isDelimiter(tagAt(this.#bytes, at, encoding))) at += HEADER_LENGTH;
      else at = this.#readInto(elements, at, around);
    }
    return elements;
  }

  /** Assumed: zeros-after-data-set. Zeros after the last element are the padding of a block device. */
  #isPadding(at: number): boolean {
    const rest = this.#bytes.subarray(at);
    if (!isZeros(rest.subarray(0, HEADER_LENGTH))) return false;
    if (isZeros(rest)) return true;
    throw new DicomError(`DICOM data set cannot be read: no element at offset ${at}`);
  }

  #expectHeader(at: number, end: number): void {
    const left = end - at;
    if (left < HEADER_LENGTH) {
      throw new DicomError(`DICOM data set is truncated: ${left} bytes at its end are not an element`);
    }
  }

  /** Group lengths (retired) are layout, not data. */
  #readInto(elements: Map<string, RawElement>, at: number, around: Surroundings): number {
    const [element, next] = this.#readElement(at, around);
    if (element.tag.endsWith("0000")) return next;
    if (elements.has(element.tag)) this.repeatedTags.push(element.tag);
    elements.set(element.tag, element);
    return next;
  }

  #readElement(at: number, around: Surroundings): Read<RawElement> {
    const header = readHeader(this.#bytes, at, around.end, around.encoding);
    const { tag, vr, start, length } = header;
    this.#budget.spendElement(header, around.depth);
    if (length === UNDEFINED_LENGTH) return this.#readUndelimited(header, around);
    const end = start + length;
    if (end > around.end) throw this.#overrun(header, around);
    // UN values were not byte-swapped when the file was written (PS3.5 6.2.2).
    const isBigEndian = around.encoding.isBigEndian && vr !== "UN";
    const items = this.#itemsWithin(header, { ...around, end });
    return [{ tag, vr, start, end, isBigEndian, ...(items && { items }) }, end];
  }

  #overrun({ tag, start, length }: ElementHeader, { end }: Surroundings): DicomError {
    const attribute = `DICOM attribute ${nameInMessages(tag)}`;
    return end === this.#bytes.length
      ? new DicomError(`${attribute} is truncated: expected ${length} bytes, got ${end - start}`)
      : new DicomError(`${attribute} runs past the end of its item`);
  }

  /** Reads an element of undefined length. */
  #readUndelimited(header: ElementHeader, around: Surroundings): Read<RawElement> {
    const { tag, vr, start } = header;
    const isSequence = vr === undefined || vr === "SQ" || vr === "UN";
    if (tag === PIXEL_DATA || !isSequence) return this.#readFragments(header, around.end);
    const encoding = encodingInside(header, around.encoding);
    const [items, next] = this.#readItems(header, { ...around, encoding });
    return [{ tag, vr, start, end: next - HEADER_LENGTH, isBigEndian: false, items }, next];
  }

  /** Encapsulated Pixel Data. Bytes in the items of other elements, such as private ones, stay bytes. */
  #readFragments({ tag, vr, start }: ElementHeader, end: number): Read<RawElement> {
    const fragments = readFragments(this.#bytes, start, end);
    const next = fragments.end;
    if (tag === PIXEL_DATA) return [{ tag, vr, start, end: next, isBigEndian: false, fragments }, next];
    const delimiter = next - HEADER_LENGTH;
    const isDelimited = delimiter >= start && this.#isTagAt(delimiter, SEQUENCE_DELIMITER);
    if (isDelimited) return [{ tag, vr, start, end: delimiter, isBigEndian: false }, next];
    throw new DicomError(
      `DICOM attribute ${nameInMessages(tag)} cannot be read: VR ${vr ?? ""} with an undefined length`,
    );
  }

  #isTagAt = (at: number, tag: string): boolean => tagAt(this.#bytes, at, IMPLICIT_VR_LITTLE_ENDIAN) === tag;

  /** The items of a sequence of explicit length; undefined if it is not a sequence. */
  #itemsWithin(header: ElementHeader, around: Surroundings): RawDataSet[] | undefined {
    const encoding = encodingInside(header, around.encoding);
    if (header.vr === "SQ") return this.#readItems(header, { ...around, encoding })[0];
    const isKnown = (header.vr ?? "UN") === "UN" && lookUp(header.tag)?.vr === "SQ";
    if (!isKnown) return undefined;
    if (!around.encoding.isExplicit) return this.#readItems(header, { ...around, encoding })[0];
    try {
      return this.#readItems(header, { ...around, encoding })[0];
    } catch (error) {
      // A value that is not a sequence stays bytes, whatever the dictionary says.
      if (
        !(error instanceof DicomError) ||
        error instanceof MetadataTooLarge ||
        error instanceof TooManyElements
      )
        throw error;
      return undefined;
    }
  }

  /**
   * Reads items, and the position after them.
   * Assumed: needless-delimiters. Delimiters at the end of a sequence or item of explicit length are skipped.
   */
  #readItems({ tag, start, length }: ElementHeader, around: Surroundings): Read<RawDataSet[]> {
    if (around.depth >= MAX_DEPTH) throw new DicomError("DICOM sequences are nested too deeply");
    const inside = { ...around, depth: around.depth + 1 };
    const items: RawDataSet[] = [];
    let isEnded = false;
    let at = start;
    while (at < around.end) {
      this.#expectHeader(at, around.end);
      const header = readHeader(this.#bytes, at, around.end, around.encoding);
      if (header.tag === SEQUENCE_DELIMITER && length === UNDEFINED_LENGTH) return [items, header.start];
      isEnded ||= header.tag === SEQUENCE_DELIMITER;
      if (isDelimiter(header.tag)) {
        at = header.start;
        continue;
      }
      if (header.tag !== ITEM || isEnded) throw this.#noItem(tag, at);
      const [item, next] = this.#readItem(tag, header, inside);
      items.push(item);
      at = next;
    }
    if (length === UNDEFINED_LENGTH && at === this.#bytes.length) {
      throw new DicomError(`DICOM attribute ${nameInMessages(tag)} is truncated: the file ends within it`);
    }
    if (length === UNDEFINED_LENGTH) throw this.#noItem(tag, at);
    return [items, at];
  }

  #noItem(tag: string, at: number): DicomError {
    const attribute = `DICOM attribute ${nameInMessages(tag)}`;
    return new DicomError(`${attribute} cannot be read: expected an item or its end at offset ${at}`);
  }

  #readItem(tag: string, { start, length }: ElementHeader, around: Surroundings): Read<RawDataSet> {
    this.#budget.spendItem();
    if (length === 0) return [EMPTY, start];
    if (length === UNDEFINED_LENGTH) return this.#readElements(start, around, true);
    const end = start + length;
    if (end > around.end) {
      throw new DicomError(`An item of DICOM attribute ${nameInMessages(tag)} runs past its end`);
    }
    return this.#readElements(start, { ...around, end }, false);
  }

  /** @param isOpen whether a delimiter ends the item, not its length */
  #readElements(start: number, around: Surroundings, isOpen: boolean): Read<RawDataSet> {
    const elements = new Map<string, RawElement>();
    let isEnded = false;
    let at = start;
    while (at < around.end) {
      this.#expectHeader(at, around.end);
      const tag = tagAt(this.#bytes, at, around.encoding);
      if (tag === ITEM_DELIMITER && isOpen) return [elements, at + HEADER_LENGTH];
      if (isDelimiter(tag) && !isOpen) {
        isEnded = true;
        at += HEADER_LENGTH;
        continue;
      }
      if (isEnded || tag.startsWith("FFFE")) {
        throw new DicomError(`DICOM data set cannot be read: no element at offset ${at}`);
      }
      at = this.#readInto(elements, at, around);
    }
    if (isOpen) throw new DicomError(`DICOM data set is truncated: an item has no end`);
    return [elements, at];
  }
}

/** PS3.5 6.2.2: a sequence with VR UN is always in Implicit VR Little Endian. */
function encodingInside({ vr }: ElementHeader, around: Encoding): Encoding {
  if (vr === "SQ") return around;
  return vr === "UN" ? IMPLICIT_VR_LITTLE_ENDIAN : { ...around, isExplicit: false };
}

const isDelimiter = (tag: string): boolean => tag === ITEM_DELIMITER || tag === SEQUENCE_DELIMITER;
