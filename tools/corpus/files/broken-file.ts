import { dicomFile, type WritableElement } from "../../../test/imaging/dicom/write-dicom.ts";
import type { CorpusFile, Expectation } from "../corpus-file.ts";
import type { Tool } from "../encoders.ts";
import { shapeOf } from "../image.ts";
import {
  commonElements,
  EXPLICIT,
  fileMetaOf,
  identityOf,
  pixelDataElement,
  shapeElements,
  sorted,
} from "../instance.ts";
import { drawPhantom } from "../phantom.ts";

type Kind =
  | "CORRUPT_CODESTREAM"
  | "BAD_IMAGE_SHAPE"
  | "FRAME_COUNT_MISMATCH"
  | "INVALID_UID_FORMAT"
  | "MISSING_REQUIRED_UID"
  | "MISSING_TRANSFER_SYNTAX"
  | "NOT_AN_INSTANCE"
  | "NOT_DICOM"
  | "NOT_DICOM_P10"
  | "PARSE_ERROR"
  | "PIXEL_DATA_TRUNCATED"
  | "UNSUPPORTED_TRANSFER_SYNTAX";

/** With these the service of today imports the metadata and warns (its list of warning reasons). */
const WARNED: ReadonlySet<Kind> = new Set([
  "CORRUPT_CODESTREAM",
  "BAD_IMAGE_SHAPE",
  "FRAME_COUNT_MISMATCH",
  "INVALID_UID_FORMAT",
  "PIXEL_DATA_TRUNCATED",
  "UNSUPPORTED_TRANSFER_SYNTAX",
]);

/** A file that is not imported, and what is said of it. */
export function broken(
  name: string,
  [kind, message]: readonly [kind: Kind, message: string],
  make: () => Uint8Array,
  tool?: { readonly tool: Tool; readonly by: string },
): CorpusFile {
  const expect: Expectation = {
    import: WARNED.has(kind) ? ["warn", "fail"] : ["fail"],
    seed: "fail",
    kind,
    message,
  };
  const path = `broken/${name}.dcm`;
  const origin = tool ?? { by: "this script" };
  const dataSet = {
    transferSyntaxUID: null,
    samples: "exact",
    privateElements: 0,
    privateGroupLengths: 0,
  } as const;
  return { path, make, ...dataSet, expect, ...origin };
}

/** The identity of the valid file that all broken ones come from. */
export const identity = identityOf("broken");
const image = drawPhantom(shapeOf("16x12", 1, 8), "broken");

export interface Content {
  readonly without?: readonly string[];
  readonly and?: readonly WritableElement[];
  readonly transferSyntaxUID?: string;
}

/** A sound image with elements left out, or others put in their place. */
export function content({ without = [], and = [] }: Content): WritableElement[] {
  const all = sorted([...commonElements(identity), ...shapeElements(image), pixelDataElement(image), ...and]);
  return all.filter(({ tag }) => !without.includes(tag));
}

export function file(options: Content = {}): Uint8Array {
  const { transferSyntaxUID = EXPLICIT } = options;
  return dicomFile(content(options), {
    transferSyntaxUID,
    fileMeta: fileMetaOf(transferSyntaxUID, identity),
  });
}
