import { createHash } from "node:crypto";
import { element, type WritableElement } from "../../test/imaging/dicom/write-dicom.ts";
import { type Image, type ImageShape, nativePixelData } from "./image.ts";

export const IMPLICIT = "1.2.840.10008.1.2";
export const EXPLICIT = "1.2.840.10008.1.2.1";
export const DEFLATED = "1.2.840.10008.1.2.1.99";
export const BIG_ENDIAN = "1.2.840.10008.1.2.2";

/** SOP classes of PS3.4 B.5, by the modality that the files have. */
export const SOP_CLASSES = {
  CT: "1.2.840.10008.5.1.4.1.1.2",
  MR: "1.2.840.10008.5.1.4.1.1.4",
  US: "1.2.840.10008.5.1.4.1.1.6.1",
  OT: "1.2.840.10008.5.1.4.1.1.7",
  SR: "1.2.840.10008.5.1.4.1.1.88.33",
  DOC: "1.2.840.10008.5.1.4.1.1.104.1",
  RTSTRUCT: "1.2.840.10008.5.1.4.1.1.481.3",
  PR: "1.2.840.10008.5.1.4.1.1.11.1",
  ECG: "1.2.840.10008.5.1.4.1.1.9.1.1",
} as const;
export type Modality = keyof typeof SOP_CLASSES;

/** Who is in a file: made up from its path, so that nothing else has to be kept in step. */
export interface Identity {
  readonly modality: Modality;
  readonly sopClassUID: string;
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
  readonly patientId: string;
  readonly patientName: string;
}

/** A UID under 2.25 (PS3.5 B.2), which anyone may make from 128 bits; here, from a text. */
export const uidFrom = (text: string): string =>
  `2.25.${BigInt(`0x${createHash("sha256").update(text).digest("hex").slice(0, 32)}`)}`;

const FAMILY_NAMES = ["Arven", "Belmo", "Corvin", "Dralle", "Estrup", "Fenlund", "Gormsen", "Hadder"];
const GIVEN_NAMES = ["Ada", "Bo", "Cleo", "Dag", "Eir", "Finn", "Gro"];

export function identityOf(
  path: string,
  modality: Modality = "OT",
  others: Partial<Identity> = {},
): Identity {
  const hash = createHash("sha256").update(path).digest();
  const family = FAMILY_NAMES[(hash[0] ?? 0) % FAMILY_NAMES.length] ?? "";
  const given = GIVEN_NAMES[(hash[1] ?? 0) % GIVEN_NAMES.length] ?? "";
  return {
    modality,
    sopClassUID: SOP_CLASSES[modality],
    studyInstanceUID: uidFrom(`${path} study`),
    seriesInstanceUID: uidFrom(`${path} series`),
    sopInstanceUID: uidFrom(`${path} instance`),
    patientId: `CORPUS-${hash.readUInt16BE(2)}`,
    patientName: `${family}^${given}`,
    ...others,
  };
}

/** The elements that every file has, whatever else is in it. */
export function commonElements(identity: Identity): WritableElement[] {
  const { modality, sopClassUID, studyInstanceUID, seriesInstanceUID, sopInstanceUID } = identity;
  return [
    element("00080008", "CS", "DERIVED\\SECONDARY"),
    element("00080016", "UI", sopClassUID),
    element("00080018", "UI", sopInstanceUID),
    element("00080020", "DA", "20240311"),
    element("00080030", "TM", "083015.25"),
    element("00080050", "SH", `A${identity.patientId.slice(-4)}`),
    element("00080060", "CS", modality),
    element("00080070", "LO", "healthimaging-local"),
    element("00080090", "PN", "Quill^Rosa^^Dr"),
    element("00081030", "LO", "Test corpus"),
    element("00100010", "PN", identity.patientName),
    element("00100020", "LO", identity.patientId),
    element("00100030", "DA", "19700101"),
    element("00100040", "CS", "O"),
    element("0020000D", "UI", studyInstanceUID),
    element("0020000E", "UI", seriesInstanceUID),
    element("00200010", "SH", "1"),
    element("00200011", "IS", "1"),
    element("00200013", "IS", "1"),
  ];
}

/** The Image Pixel Module, without Pixel Data. */
export function shapeElements(shape: ImageShape, frameCount = 1): WritableElement[] {
  const { samplesPerPixel, planarConfiguration } = shape;
  return [
    element("00280002", "US", samplesPerPixel),
    element("00280004", "CS", shape.photometricInterpretation),
    ...(samplesPerPixel === 1 ? [] : [element("00280006", "US", planarConfiguration)]),
    ...(frameCount === 1 ? [] : [element("00280008", "IS", String(frameCount))]),
    element("00280010", "US", shape.rows),
    element("00280011", "US", shape.columns),
    element("00280100", "US", shape.bitsAllocated),
    element("00280101", "US", shape.bitsStored),
    element("00280102", "US", shape.highBit),
    element("00280103", "US", shape.isSigned ? 1 : 0),
    ...(shape.photometricInterpretation === "PALETTE COLOR" ? paletteElements(256, 0) : []),
  ];
}

/** Palette Color Lookup Tables of 16-bit entries (PS3.3 C.7.6.3.1.5 and C.7.6.3.1.6). */
export function paletteElements(count: number, first: number): WritableElement[] {
  const table = (channel: number): number[] =>
    Array.from({ length: count }, (_, index) => Math.round((65_535 * (index * (channel + 1))) / (count * 3)));
  return [0, 1, 2].flatMap((channel) => [
    element(`0028110${channel + 1}`, "US", [count, first, 16]),
    element(`0028120${channel + 1}`, "OW", new Uint8Array(Uint16Array.from(table(channel)).buffer)),
  ]);
}

/** Uncompressed Pixel Data: OB for bytes, else OW, as PS3.5 A.2 has it for explicit VR. */
export const pixelDataElement = (image: Image): WritableElement =>
  element("7FE00010", image.bitsAllocated <= 8 ? "OB" : "OW", nativePixelData(image));

/** By tag; the last of those with the same tag counts. */
export const sorted = (elements: readonly WritableElement[]): WritableElement[] =>
  [...new Map(elements.map((each) => [each.tag, each])).values()].toSorted((left, right) =>
    left.tag < right.tag ? -1 : 1,
  );

/** File Meta Information (PS3.10 7.1) with its group length. */
export function fileMetaOf(transferSyntaxUID: string, identity: Identity): WritableElement[] {
  const rest = [
    element("00020001", "OB", Uint8Array.of(0, 1)),
    element("00020002", "UI", identity.sopClassUID),
    element("00020003", "UI", identity.sopInstanceUID),
    element("00020010", "UI", transferSyntaxUID),
    element("00020012", "UI", uidFrom("healthimaging-local test corpus")),
  ];
  const long = rest.reduce((sum, { vr, bytes }) => sum + bytes.length + (vr === "OB" ? 12 : 8), 0);
  return [element("00020000", "UL", long), ...rest];
}
