/**
 * A small writer of DICOM files for tests, which can also write what a good writer would not:
 * wrong lengths, wrong VRs, missing elements. Values are written as given, only padded to even
 * length; nothing is added but the file meta information.
 */

/** The VRs with two reserved bytes and a 4-byte length in explicit VR (PS3.5 7.1.2). */
const LONG_FORM = new Set("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split(" "));
const UNDEFINED_LENGTH = 0xffffffff;

export interface WritableElement {
  /** GGGGEEEE, hex. */
  readonly tag: string;
  readonly vr: string;
  /** The value field; of a sequence, made from `items`. */
  readonly bytes: Uint8Array;
  readonly items?: readonly (readonly WritableElement[])[];
  readonly hasUndefinedLength?: boolean;
  /** Written in place of the true length. */
  readonly claimedLength?: number;
  /** Written in place of it all, header and value. */
  readonly verbatim?: Uint8Array;
}

type Value = string | number | bigint | Uint8Array | readonly (number | bigint)[];

/**
 * `element("00100010", "PN", "Doe^Jane")`. Text is written in Latin-1 and its values are joined by
 * backslashes; other character sets, and binary VRs, take bytes. AT takes numbers such as
 * 0x00181065.
 */
export function element(
  tag: string,
  vr: string,
  value: Value = "",
  options: Pick<WritableElement, "claimedLength"> = {},
): WritableElement {
  return { tag, vr, bytes: padded(bytesOf(vr, value), vr), ...options };
}

/** Bytes that stand between elements as they are: `verbatim("29001010 04000000 41424344")`. */
export function verbatim(hex: string): WritableElement {
  const bytes = new Uint8Array(Buffer.from(hex.replaceAll(/\s/g, ""), "hex"));
  return { tag: "", vr: "", bytes, verbatim: bytes };
}

export function sequence(
  tag: string,
  items: readonly (readonly WritableElement[])[],
  options: Pick<WritableElement, "hasUndefinedLength" | "claimedLength"> & { vr?: string } = {},
): WritableElement {
  return { tag, vr: "SQ", bytes: new Uint8Array(0), items, ...options };
}

export interface EncapsulationOptions {
  /** Empty if not given; `false` leaves its item out. */
  readonly offsetTable?: readonly number[] | false;
  readonly hasDelimiter?: boolean;
  /** Follows each fragment of odd length, not counted in it. */
  readonly oddPadding?: Uint8Array;
}

/** Encapsulated Pixel Data, one item per fragment (PS3.5 A.4), also as it should not be. */
export function encapsulatedPixelData(
  fragments: readonly Uint8Array[],
  { offsetTable = [], hasDelimiter = true, oddPadding = new Uint8Array(0) }: EncapsulationOptions = {},
): WritableElement {
  const item = (value: Uint8Array): Buffer => Buffer.concat([header("FFFEE000", value.length), value]);
  const items = fragments.map((fragment) =>
    fragment.length % 2 === 1 ? Buffer.concat([item(fragment), oddPadding]) : item(fragment),
  );
  const bytes = Buffer.concat([
    ...(offsetTable === false ? [] : [item(new Uint8Array(Uint32Array.from(offsetTable).buffer))]),
    ...items,
    ...(hasDelimiter ? [header("FFFEE0DD", 0)] : []),
  ]);
  return { tag: "7FE00010", vr: "OB", bytes, claimedLength: UNDEFINED_LENGTH };
}

export interface FileOptions {
  readonly transferSyntaxUID?: string;
  /** Other than the transfer syntax says, if given. */
  readonly isExplicit?: boolean;
  /** In place of the file meta information that a transfer syntax needs. */
  readonly fileMeta?: readonly WritableElement[];
  /** After the last element. */
  readonly tail?: Uint8Array;
}

const IMPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2";
const EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1";

/** A Part 10 file of just these elements, in the order given. */
export function dicomFile(elements: readonly WritableElement[], options: FileOptions = {}): Uint8Array {
  const { transferSyntaxUID = EXPLICIT_VR_LITTLE_ENDIAN, tail = new Uint8Array(0) } = options;
  const { isExplicit = transferSyntaxUID !== IMPLICIT_VR_LITTLE_ENDIAN } = options;
  const fileMeta = options.fileMeta ?? [element("00020010", "UI", transferSyntaxUID)];
  return new Uint8Array(
    Buffer.concat([
      new Uint8Array(128),
      Buffer.from("DICM"),
      dataSet(fileMeta, true),
      dataSet(elements, isExplicit),
      tail,
    ]),
  );
}

/** The elements without which an import refuses a file, with others added or put in their place. */
export function instanceElements(...others: readonly WritableElement[]): WritableElement[] {
  const elements = new Map<string, WritableElement>();
  for (const each of [
    element("00080016", "UI", "1.2.840.10008.5.1.4.1.1.7"),
    element("00080018", "UI", "1.2.3.4.3"),
    element("0020000D", "UI", "1.2.3.4.1"),
    element("0020000E", "UI", "1.2.3.4.2"),
    ...others,
  ]) {
    elements.set(each.tag, each);
  }
  return [...elements.values()].toSorted((left, right) => (left.tag < right.tag ? -1 : 1));
}

export interface ImageOptions {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel?: number;
  readonly bitsAllocated?: number;
  readonly bitsStored?: number;
  readonly isSigned?: boolean;
  readonly planarConfiguration?: number;
  readonly photometricInterpretation?: string;
  readonly numberOfFrames?: number;
  readonly pixelData: Uint8Array;
}

/** The elements of the Image Pixel Module (PS3.3 C.7.6.3). */
export function imageElements(image: ImageOptions): WritableElement[] {
  const { samplesPerPixel = 1, bitsAllocated = 8, numberOfFrames, planarConfiguration } = image;
  const { bitsStored = bitsAllocated, photometricInterpretation } = image;
  const photometric = samplesPerPixel === 1 ? "MONOCHROME2" : "RGB";
  return [
    element("00280002", "US", samplesPerPixel),
    element("00280004", "CS", photometricInterpretation ?? photometric),
    ...(planarConfiguration === undefined ? [] : [element("00280006", "US", planarConfiguration)]),
    ...(numberOfFrames === undefined ? [] : [element("00280008", "IS", String(numberOfFrames))]),
    element("00280010", "US", image.rows),
    element("00280011", "US", image.columns),
    element("00280100", "US", bitsAllocated),
    element("00280101", "US", bitsStored),
    element("00280102", "US", bitsStored - 1),
    element("00280103", "US", image.isSigned ? 1 : 0),
    element("7FE00010", "OW", image.pixelData),
  ];
}

/** A data set without preamble and file meta information. */
export function dataSet(elements: readonly WritableElement[], isExplicit: boolean): Buffer {
  return Buffer.concat(elements.map((each) => written(each, isExplicit)));
}

function written(each: WritableElement, isExplicit: boolean): Buffer {
  const { tag, vr, items, hasUndefinedLength = false } = each;
  if (each.verbatim) return Buffer.from(each.verbatim);
  // A sequence sent as UN is encoded in implicit VR (PS3.5 6.2.2).
  const bytes = items ? sequenceBytes(items, isExplicit && vr === "SQ", hasUndefinedLength) : each.bytes;
  const length = each.claimedLength ?? (hasUndefinedLength ? UNDEFINED_LENGTH : bytes.length);
  if (!isExplicit) return Buffer.concat([header(tag, length), bytes]);
  const explicit = Buffer.alloc(LONG_FORM.has(vr) ? 12 : 8);
  header(tag, 0).copy(explicit);
  explicit.write(vr, 4, "latin1");
  if (LONG_FORM.has(vr)) explicit.writeUInt32LE(length, 8);
  else explicit.writeUInt16LE(length, 6);
  return Buffer.concat([explicit, bytes]);
}

function sequenceBytes(
  items: readonly (readonly WritableElement[])[],
  isExplicit: boolean,
  hasUndefinedLength: boolean,
): Buffer {
  const parts = items.map((item) => {
    const bytes = dataSet(item, isExplicit);
    return hasUndefinedLength
      ? [header("FFFEE000", UNDEFINED_LENGTH), bytes, header("FFFEE00D", 0)]
      : [header("FFFEE000", bytes.length), bytes];
  });
  return Buffer.concat([...parts.flat(), ...(hasUndefinedLength ? [header("FFFEE0DD", 0)] : [])]);
}

/** Tag and 4-byte length, as items and implicit VR have them. */
function header(tag: string, length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(Number.parseInt(tag.slice(0, 4), 16), 0);
  bytes.writeUInt16LE(Number.parseInt(tag.slice(4), 16), 2);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}

function bytesOf(vr: string, value: Value): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === "string") return Buffer.from(value, "latin1");
  const values = Array.isArray(value) ? value : [value];
  return Buffer.concat(values.map((each: number | bigint) => numberBytes(vr, each)));
}

function numberBytes(vr: string, value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  const number = Number(value);
  if (vr === "US") return bytes.subarray(0, bytes.writeUInt16LE(number));
  if (vr === "SS") return bytes.subarray(0, bytes.writeInt16LE(number));
  if (vr === "UL") return bytes.subarray(0, bytes.writeUInt32LE(number));
  if (vr === "SL") return bytes.subarray(0, bytes.writeInt32LE(number));
  if (vr === "FL") return bytes.subarray(0, bytes.writeFloatLE(number));
  if (vr === "FD") return bytes.subarray(0, bytes.writeDoubleLE(number));
  if (vr === "UV") return bytes.subarray(0, bytes.writeBigUInt64LE(BigInt(value)));
  if (vr === "SV") return bytes.subarray(0, bytes.writeBigInt64LE(BigInt(value)));
  if (vr === "AT") return header(number.toString(16).padStart(8, "0"), 0).subarray(0, 4);
  throw new Error(`numbers in VR ${vr} are not written here: give bytes`);
}

/** To even length: with a NUL for UIDs and bytes, else with a space (PS3.5 6.2). */
function padded(bytes: Uint8Array, vr: string): Uint8Array {
  if (bytes.length % 2 === 0) return bytes;
  const pad = vr === "UI" || vr.startsWith("O") || vr === "UN" ? 0 : 0x20;
  return Buffer.concat([bytes, Uint8Array.of(pad)]);
}
