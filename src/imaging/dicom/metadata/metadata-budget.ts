import { DicomError } from "../dicom-error.ts";
import { impliedVr, lookUp } from "../dictionary/dictionary.ts";
import type { ElementHeader } from "../part10/element-header.ts";
import { isPixelData } from "../tag.ts";
import { isBinary, UNDEFINED_LENGTH } from "../vr.ts";

/** The metadata of the file would exceed the quota. */
export class MetadataTooLarge extends DicomError {
  /** Both in bytes. */
  constructor(least: number, limit: number) {
    super(`The metadata of its image set has at least ${least} bytes, at most ${limit} are allowed`);
  }
}

/** There is not enough memory for that many elements. */
export class TooManyElements extends DicomError {
  constructor(limit: number) {
    super(`DICOM data set has more than ${limit} elements and items, which do not fit in memory`);
  }
}

/** `"":` and a comma, and the shortest value, a digit. */
const MEMBER = 4 + 1;
/** `{}` and a comma. */
const ITEM = 3;
/** `"00091001":"UN",` in DICOMVRs. */
const VR_ENTRY = 16;
const TAG_LENGTH = 8;

/**
 * Counts the minimum JSON size of what was read so far, so that a file with very many elements, items or
 * frames is refused before they take memory.
 */
export class MetadataBudget {
  readonly #limit: number;
  readonly #maxElements: number;
  #spent = 0;
  #elements = 0;

  /**
   * @param limit bytes of an image set's metadata
   * @param maxElements how many elements and items fit in memory
   */
  constructor(limit: number, maxElements = Infinity) {
    this.#limit = limit;
    this.#maxElements = maxElements;
  }

  /** @throws MetadataTooLarge */
  spend(least: number): void {
    this.#spent += least;
    if (this.#spent > this.#limit) throw new MetadataTooLarge(this.#spent, this.#limit);
  }

  spendItem(): void {
    this.#countElement();
    this.spend(ITEM);
  }

  spendElement({ tag, vr, length }: ElementHeader, depth: number): void {
    if (tag.endsWith("0000")) return;
    this.#countElement();
    const keyword = lookUp(tag)?.keyword;
    const name = keyword?.length ?? TAG_LENGTH + (depth === 0 ? VR_ENTRY : 0);
    this.spend(name + MEMBER + (isPixelData(tag) ? 0 : leastOfValue(tag, vr, length)));
  }

  #countElement(): void {
    this.#elements += 1;
    if (this.#elements > this.#maxElements) throw new TooManyElements(this.#maxElements);
  }
}

/** Bytes become base64; other values have no certain minimum size. */
function leastOfValue(tag: string, vr: string | undefined, length: number): number {
  if (length === 0 || length === UNDEFINED_LENGTH) return 0;
  const known = vr === undefined || vr === "UN" ? impliedVr(tag, false) : vr;
  return isBinary(known) ? Math.ceil(length / 3) * 4 : 0;
}
