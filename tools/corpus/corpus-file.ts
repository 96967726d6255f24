import {
  dicomFile,
  encapsulatedPixelData,
  type WritableElement,
} from "../../test/imaging/dicom/write-dicom.ts";
import { convert, type Tool } from "./encoders.ts";
import type { Image } from "./image.ts";
import {
  commonElements,
  EXPLICIT,
  fileMetaOf,
  type Identity,
  identityOf,
  type Modality,
  pixelDataElement,
  shapeElements,
  sorted,
} from "./instance.ts";

/** The expected result of an import; `kind` and `import` are those of golden.json's schema. */
export interface Expectation {
  /** Acceptable outcomes of the service of today, the preferred one first. */
  readonly import: readonly ("success" | "warn" | "fail")[];
  /** The result of the service of 2024-05. */
  readonly seed: "success" | "fail" | "either";
  readonly kind?: string;
  /** A regular expression that the failure's message matches. */
  readonly message?: string;
}

export const SUCCESS: Expectation = { import: ["success"], seed: "success" };

export interface CorpusFile {
  readonly path: string;
  /** The other's program that encoded it; none where this script wrote every byte. */
  readonly tool?: Tool;
  /** In words or as a command. */
  readonly by: string;
  readonly make: () => Uint8Array;
  /** Absent in what is not a DICOM file with a readable data set. */
  readonly identity?: Identity;
  readonly transferSyntaxUID: string | null;
  /** With the attributes as the file has them. */
  readonly image?: Image;
  /**
   * `exact`: the samples are the phantom's own. `judged`: lossy, they are what independent decoders
   * make of it.
   */
  readonly samples: "exact" | "judged";
  readonly pixelKeyword?: string;
  /** Of each frame the bytes in the file, where those are not the samples alone. */
  readonly storedFrames?: readonly Uint8Array[];
  /** At the top level of the data set. */
  readonly privateElements: number;
  /** Of these, group lengths. */
  readonly privateGroupLengths: number;
  readonly expect: Expectation;
  /** Programs that are known to read something else than what the file says. */
  readonly misreadBy?: readonly string[];
}

export interface FileOptions {
  readonly modality?: Modality;
  readonly identity?: Partial<Identity>;
  /** Added to, or put in place of, the elements that every file has. */
  readonly elements?: readonly WritableElement[];
  readonly transferSyntaxUID?: string;
  readonly expect?: Expectation;
  readonly by?: string;
  readonly misreadBy?: readonly string[];
}

const isPrivate = ({ tag }: WritableElement): boolean => Number.parseInt(tag.slice(0, 4), 16) % 2 === 1;

const OWN = "this script";

/** A file that this script writes byte by byte, in the encodings that `dicomFile` has. */
export function ownFile(path: string, image: Image | undefined, options: FileOptions = {}): CorpusFile {
  const { modality, transferSyntaxUID = EXPLICIT, elements = [], expect = SUCCESS, by = OWN } = options;
  const identity = identityOf(path, modality, { ...secondaryCapture(image, modality), ...options.identity });
  const pixels = image ? [...shapeElements(image, image.frames.length), pixelDataElement(image)] : [];
  const dataSet = sorted([...commonElements(identity), ...pixels, ...elements]);
  const pixelKeyword = pixelKeywordOf(dataSet);
  return {
    path,
    by,
    identity,
    transferSyntaxUID,
    samples: "exact",
    privateElements: dataSet.filter(isPrivate).length,
    privateGroupLengths: dataSet.filter((each) => isPrivate(each) && each.tag.endsWith("0000")).length,
    expect,
    make: () => dicomFile(dataSet, { transferSyntaxUID, fileMeta: fileMetaOf(transferSyntaxUID, identity) }),
    ...(image && { image }),
    ...(options.misreadBy && { misreadBy: options.misreadBy }),
    ...(pixelKeyword !== undefined && { pixelKeyword }),
  };
}

/** Of several frames a secondary capture is of a class of its own (PS3.4 B.5). */
function secondaryCapture(image: Image | undefined, modality: Modality = "OT"): Partial<Identity> {
  if (image === undefined || image.frames.length < 2 || modality !== "OT") return {};
  const kind = image.samplesPerPixel === 3 ? 4 : image.bitsAllocated === 8 ? 2 : 3;
  return { sopClassUID: `1.2.840.10008.5.1.4.1.1.7.${kind}` };
}

const PIXEL_KEYWORDS: Readonly<Record<string, string>> = {
  "7FE00008": "FloatPixelData",
  "7FE00009": "DoubleFloatPixelData",
  "7FE00010": "PixelData",
};
const pixelKeywordOf = (dataSet: readonly WritableElement[]): string | undefined =>
  dataSet.map(({ tag }) => PIXEL_KEYWORDS[tag]).find((keyword) => keyword !== undefined);

interface Conversion {
  readonly tool: Tool;
  readonly args: readonly string[];
  readonly transferSyntaxUID: string;
  /** Attributes of the image that the other program changes. */
  readonly shape?: Partial<Image>;
  readonly isLossy?: boolean;
}

/** An uncompressed file of ours, encoded by a program of others. */
export function convertedFile(
  path: string,
  image: Image,
  { tool, args, transferSyntaxUID, shape = {}, isLossy = false }: Conversion,
  options: FileOptions = {},
): CorpusFile {
  const source = ownFile(path, image, options);
  return {
    ...source,
    tool,
    by: [tool, ...args].join(" "),
    transferSyntaxUID,
    image: { ...image, ...shape },
    samples: isLossy ? "judged" : "exact",
    make: () => convert(tool, args, source.make()),
  };
}

export interface Encapsulation extends FileOptions {
  /** `filled`: a Basic Offset Table; `extended`: an Extended Offset Table beside an empty basic one. */
  readonly offsets?: "empty" | "filled" | "extended";
  /** Frames are split into fragments of this number of bytes, which is even. */
  readonly fragmentLength?: number;
  readonly hasDelimiter?: boolean;
  readonly isLossy?: boolean;
  readonly tool: Tool;
  readonly transferSyntaxUID: string;
}

/** Codestreams of others' making in a file of ours. */
export function wrappedFile(
  path: string,
  image: Image,
  encode: (frame: Int32Array) => Uint8Array,
  options: Encapsulation,
): CorpusFile {
  const blank = ownFile(path, image, options);
  const { identity = identityOf(path) } = blank;
  const { transferSyntaxUID, tool, isLossy = false } = options;
  const make = (): Uint8Array => {
    const dataSet = sorted([
      ...commonElements(identity),
      ...shapeElements(image, image.frames.length),
      ...(options.elements ?? []),
      ...encapsulatedElements(image.frames.map(encode), options),
    ]);
    return dicomFile(dataSet, { transferSyntaxUID, fileMeta: fileMetaOf(transferSyntaxUID, identity) });
  };
  return { ...blank, tool, make, samples: isLossy ? "judged" : "exact" };
}

/** Pixel Data, and the Extended Offset Table (PS3.3 C.7.6.3.1.8) where that is asked for. */
function encapsulatedElements(
  frames: readonly Uint8Array[],
  { offsets = "empty", fragmentLength = 2 ** 31, hasDelimiter = true }: Encapsulation,
): WritableElement[] {
  const parts = frames.map((frame) => fragmentsOf(evenly(frame), fragmentLength));
  const lengths = parts.map((fragments) => fragments.reduce((sum, { length }) => sum + length + 8, 0));
  const starts = lengths.map((_, at) => lengths.slice(0, at).reduce((sum, length) => sum + length, 0));
  const options = offsets === "filled" ? { offsetTable: starts } : {};
  const pixelData = encapsulatedPixelData(parts.flat(), { ...options, hasDelimiter });
  if (offsets !== "extended") return [pixelData];
  const frameLengths = frames.map(({ length }) => length);
  return [
    { tag: "7FE00001", vr: "OV", bytes: integers64(starts) },
    { tag: "7FE00002", vr: "OV", bytes: integers64(frameLengths) },
    pixelData,
  ];
}

const evenly = (bytes: Uint8Array): Uint8Array =>
  bytes.length % 2 === 0 ? bytes : new Uint8Array([...bytes, 0]);

const fragmentsOf = (frame: Uint8Array, length: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(frame.length / length) }, (_, at) =>
    frame.subarray(at * length, (at + 1) * length),
  );

const integers64 = (values: readonly number[]): Uint8Array =>
  new Uint8Array(BigUint64Array.from(values.map(BigInt)).buffer);
