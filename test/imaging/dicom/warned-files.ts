import type { ImportWarningType } from "../../../src/api/import-warnings.ts";
import {
  dicomFile,
  element,
  encapsulatedPixelData,
  imageElements,
  instanceElements,
  sequence,
  type WritableElement,
} from "./write-dicom.ts";

const RLE_LOSSLESS = "1.2.840.10008.1.2.5";
const IMAGE = { rows: 2, columns: 2, pixelData: Uint8Array.of(1, 2, 3, 4) };
/** One RLE segment (PS3.5 G): the byte 7 four times. */
const SEGMENT = Uint8Array.from({ length: 66 }, (_, at) => ({ 0: 1, 4: 64, 64: 253, 65: 7 })[at] ?? 0);

/** A file that deviates from DICOM in one way. */
export interface WarnedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly types: readonly ImportWarningType[];
  /** What the message names. */
  readonly named: string;
  /** Whether the service of the guide refuses it. */
  readonly isRefusedByGuide?: true;
}

let count = 0;
const own = (): WritableElement[] => {
  count += 1;
  return [element("00080018", "UI", `1.2.9.${count}`), element("0020000E", "UI", `1.2.8.${count}`)];
};
const fileWith = (...elements: WritableElement[]): Uint8Array =>
  dicomFile(instanceElements(...own(), ...elements));

const inSegments = (fragments: number, offsetTable: readonly number[]): Uint8Array =>
  dicomFile(
    instanceElements(
      ...own(),
      ...imageElements({ ...IMAGE, numberOfFrames: fragments }),
      encapsulatedPixelData(
        Array.from({ length: fragments }, () => SEGMENT),
        { offsetTable },
      ),
    ),
    { transferSyntaxUID: RLE_LOSSLESS },
  );

export const WARNED_FILES: readonly WarnedFile[] = [
  {
    name: "text in no character set",
    bytes: fileWith(element("00104000", "LT", Uint8Array.of(0x4d, 0xfc))),
    types: ["CoercionOfDataElements"],
    named: "PatientComments",
  },
  {
    name: "a repeated element",
    bytes: dicomFile([
      ...instanceElements(...own()),
      element("00204000", "LT", "one"),
      element("00204000", "LT", "two"),
    ]),
    types: ["ElementsDiscarded"],
    named: "ImageComments",
  },
  {
    name: "pixel data in a sequence",
    bytes: fileWith(sequence("00880200", [imageElements(IMAGE)])),
    types: ["ElementsDiscarded"],
    named: "PixelData",
  },
  {
    name: "another SOP class in the file meta information",
    bytes: dicomFile(instanceElements(...own()), {
      fileMeta: [
        element("00020002", "UI", "1.2.840.10008.5.1.4.1.1.2"),
        element("00020010", "UI", "1.2.840.10008.1.2.1"),
      ],
    }),
    types: ["SopClassDataMismatch"],
    named: "MediaStorageSOPClassUID",
  },
  {
    name: "no frames and pixel data",
    bytes: fileWith(...imageElements({ ...IMAGE, numberOfFrames: 0 })),
    types: ["FrameNumberMismatch"],
    named: "PixelData",
  },
  {
    name: "an offset table of other frames",
    bytes: inSegments(2, [0, 4]),
    types: ["InvalidOffsetTable"],
    named: "invalid offset table",
  },
  {
    name: "an offset table of fewer frames",
    bytes: inSegments(2, [0]),
    types: ["InvalidOffsetTable"],
    named: "invalid offset table",
  },
  {
    name: "a UID with an empty component",
    bytes: fileWith(element("0020000D", "UI", "1.2.3..4")),
    types: ["InvalidUidFormat"],
    named: "StudyInstanceUID",
    isRefusedByGuide: true,
  },
  {
    name: "a UID with a leading zero",
    bytes: fileWith(element("0020000D", "UI", "1.2.03")),
    types: ["InvalidUidFormat"],
    named: "StudyInstanceUID",
    isRefusedByGuide: true,
  },
  {
    name: "another UID that is none",
    bytes: fileWith(element("00200052", "UI", "frame")),
    types: ["InvalidUidFormat"],
    named: "FrameOfReferenceUID",
  },
  {
    name: "a UID of 256 characters",
    bytes: fileWith(element("0020000D", "UI", "1".repeat(256))),
    types: ["InvalidDicomValueLength"],
    named: "StudyInstanceUID",
    isRefusedByGuide: true,
  },
  {
    name: "a PatientID of 256 characters",
    bytes: fileWith(element("00100020", "LO", "p".repeat(256))),
    types: ["InvalidDicomValueLength"],
    named: "PatientID",
    isRefusedByGuide: true,
  },
  {
    name: "a long value in a sequence",
    bytes: fileWith(sequence("00081140", [[element("00081150", "UI", "1".repeat(66))]])),
    types: ["InvalidDicomValueLength"],
    named: "ReferencedSOPClassUID",
  },
  {
    name: "a date that there is not",
    bytes: fileWith(element("00080020", "DA", "20241399")),
    types: ["Other"],
    named: "StudyDate",
  },
  {
    name: "a number of half a length",
    bytes: fileWith(element("00081161", "UL", Uint8Array.of(1, 2))),
    types: ["Other"],
    named: "SimpleFrameList",
  },
  {
    name: "two things at once",
    bytes: fileWith(element("00080020", "DA", "2024"), element("00200010", "SH", "s".repeat(17))),
    types: ["InvalidDicomValueLength", "Other"],
    named: "StudyID",
    isRefusedByGuide: true,
  },
];

/** Files without any deviation, also where a reader could take something for one. */
export const PROPER_FILES: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  ["an empty value", fileWith(element("00080020", "DA", ""))],
  ["an empty component", fileWith(element("00080008", "CS", "ORIGINAL\\PRIMARY\\\\A"))],
  ["padding", fileWith(element("00080060", "CS", "CT  "), element("00200013", "IS", " 1 "))],
  ["a person name of three groups", fileWith(element("00100010", "PN", `${"a".repeat(64)}=b=c`))],
  [
    "text in its character set",
    fileWith(element("00080005", "CS", "ISO_IR 100"), element("00100010", "PN", Uint8Array.of(0x4d, 0xfc))),
  ],
  ["bytes", fileWith(element("00091001", "UN", Uint8Array.of(0xff, 0xfe)))],
  ["NaN", fileWith(element("00189345", "FD", Number.NaN))],
  ["a frame", fileWith(...imageElements({ ...IMAGE, numberOfFrames: 1 }))],
  ["frames of one fragment each, with their offsets", inSegments(2, [0, 74])],
  ["frames of one fragment each, without offsets", inSegments(2, [])],
];
