import { element, sequence, type WritableElement } from "../../../test/imaging/dicom/write-dicom.ts";
import { type CorpusFile, ownFile } from "../corpus-file.ts";
import { shapeOf } from "../image.ts";
import { EXPLICIT, IMPLICIT, pixelDataElement, shapeElements, uidFrom } from "../instance.ts";
import { code } from "./pixelless.ts";
import { drawPhantom } from "../phantom.ts";

/** Files about everything around the pixels: sequences, private elements, every VR, padding. */
export function dataSetFiles(): CorpusFile[] {
  return [
    ...(["explicit", "undefined"] as const).flatMap((lengths) => [
      small(`sequences-${lengths}-length`, sequences(lengths === "undefined")),
      small(`sequences-${lengths}-length-implicit`, sequences(lengths === "undefined"), IMPLICIT),
    ]),
    small("private-elements", privateElements()),
    small("private-elements-implicit", privateElements(), IMPLICIT),
    small("unknown-vr-sequence", [unknownSequence()]),
    // dicom-parser does not know the long form of OV, SV and UV.
    { ...small("every-vr", everyVr()), misreadBy: ["dicom-parser"] },
    small("empty-values", emptyValues()),
    small("group-lengths", groupLengths()),
    small("overlays", overlays()),
    small("icon-image", iconImage()),
    small("many-and-long-values", longValues()),
    small("trailing-padding", [element("FFFCFFFC", "OB", new Uint8Array(40))]),
    functionalGroups("dataset/functional-groups.dcm"),
    withPreamble("dataset/preamble-of-another-format.dcm"),
  ];
}

function small(name: string, elements: readonly WritableElement[], transferSyntaxUID = EXPLICIT): CorpusFile {
  const path = `dataset/${name}.dcm`;
  return ownFile(path, drawPhantom(shapeOf("8x6", 1, 8), path), { elements, transferSyntaxUID });
}

function sequences(hasUndefinedLength: boolean): WritableElement[] {
  const options = { hasUndefinedLength };
  const reference = (text: string): WritableElement[] => [
    element("00081150", "UI", "1.2.840.10008.5.1.4.1.1.7"),
    element("00081155", "UI", uidFrom(text)),
    sequence("0040A170", [code("C1", "Purpose of a purpose")], options),
  ];
  return [
    sequence("00081110", [], options),
    sequence("00081140", [reference("first"), [], reference("third")], options),
    sequence(
      "00082218",
      [[...code("C2", "Region"), sequence("00082220", [code("C3", "Modifier")])]],
      options,
    ),
    sequence("00400275", [
      [element("00400007", "LO", "Step"), sequence("00400008", [code("C4", "Protocol")], options)],
    ]),
  ];
}

function privateElements(): WritableElement[] {
  const nested = [
    element("00290010", "LO", "CORPUS NESTED"),
    element("00291001", "SH", "inside"),
    element("00291002", "FD", 2.5),
  ];
  return [
    element("00090010", "LO", "CORPUS 1.0"),
    element("00090011", "LO", "CORPUS EXTRA"),
    element("00091001", "LO", "first\\second"),
    element("00091002", "DS", "1.5"),
    element("00091003", "US", [1, 2, 65_535]),
    element("00091004", "SL", -70_000),
    element("00091005", "FL", 0.25),
    element("00091006", "OB", Uint8Array.of(1, 2, 3, 4)),
    element("00091007", "UN", Uint8Array.of(9, 8, 7, 6)),
    element("00091101", "UI", uidFrom("private")),
    element("00091102", "LO", ""),
    sequence("00091103", [
      nested,
      [element("00290010", "LO", "CORPUS NESTED"), element("00291001", "SH", "again")],
    ]),
    // Without anyone who would have reserved it (PS3.5 7.8.1).
    element("00191001", "LO", "orphan"),
    sequence("00081140", [[element("00081155", "UI", uidFrom("reference")), ...nested]]),
  ];
}

/** A sequence whose VR its sender did not know: in implicit VR, of undefined length (PS3.5 6.2.2). */
const unknownSequence = (): WritableElement =>
  sequence("00081140", [[element("00081155", "UI", uidFrom("unknown"))]], {
    vr: "UN",
    hasUndefinedLength: true,
  });

function everyVr(): WritableElement[] {
  return [
    element("00080054", "AE", "CORPUS_AE"),
    element("00101010", "AS", "054Y"),
    element("00280009", "AT", [0x00181065, 0x00181063]),
    element("00280301", "CS", "NO"),
    element("00080022", "DA", "20240229"),
    element("00281050", "DS", "1.50\\-2e3 \\+3"),
    element("00281051", "DS", "400\\350\\1"),
    element("0008002A", "DT", "20240311083015.123456+0100"),
    element("00189089", "FD", [0.1, -1e300, 2.5]),
    element("00182043", "FL", [0.5, -1.5]),
    element("00201208", "IS", "+7"),
    element("00181030", "LO", "Protocol one"),
    element("00204000", "LT", "First line\r\nsecond line with a \\ in it"),
    element("00282000", "OB", Uint8Array.of(0, 1, 2, 3, 4, 5)),
    element("00701A07", "OD", new Uint8Array(Float64Array.of(0.5).buffer)),
    element("00660016", "OF", new Uint8Array(Float32Array.of(1, 2, 3).buffer)),
    element("00660040", "OL", new Uint8Array(Uint32Array.of(1, 2, 3).buffer)),
    element("00660041", "OL", new Uint8Array(Uint32Array.of(4_000_000_000).buffer)),
    element("00081048", "PN", "Aske^Ib\\Brask^Mo"),
    element("00080094", "SH", "555 0100"),
    element("00186020", "SL", -2_000_000_000),
    element("00189219", "SS", -32_768),
    element("00080081", "ST", "1 Example Road\r\nNowhere"),
    element("00080032", "TM", "235959.999999"),
    element("00080119", "UC", "unlimited characters"),
    element("0008001A", "UI", "1.2.840.10008.5.1.4.1.1.7"),
    element("00186016", "UL", 4_294_967_295),
    element("00080120", "UR", "urn:oid:2.25.1"),
    element("0040A160", "UT", "Some text without limits"),
    element("00720082", "SV", [-9_223_372_036_854_775_808n, 5n]),
    element("00720083", "UV", 18_446_744_073_709_551_615n),
  ];
}

function emptyValues(): WritableElement[] {
  const empty: Readonly<Record<string, string>> = {
    "00080023": "DA",
    "00080033": "TM",
    "00080080": "LO",
    "00080081": "ST",
    "00081048": "PN",
    "00101030": "DS",
    "00104000": "LT",
    "00181041": "DS",
    "00189073": "FD",
    "00201208": "IS",
    "00280009": "AT",
    "00283006": "US",
    "0040A160": "UT",
  };
  return [
    ...Object.entries(empty).map(([tag, vr]) => element(tag, vr)),
    sequence("00081140", []),
    element("00181020", "LO", "one\\\\three"),
  ];
}

/** Retired in PS3.5 7.2, and still sent. */
const groupLengths = (): WritableElement[] => [
  element("00080000", "UL", 300),
  element("00090000", "UL", 26),
  element("00090010", "LO", "CORPUS 1.0"),
  element("00091001", "SH", "x"),
  element("00100000", "UL", 60),
  element("00280000", "UL", 90),
];

function overlays(): WritableElement[] {
  const bits = Uint8Array.of(0x18, 0x3c, 0x7e, 0x7e, 0x3c, 0x18);
  const plane = (group: string): WritableElement[] => [
    element(`${group}0010`, "US", 6),
    element(`${group}0011`, "US", 8),
    element(`${group}0040`, "CS", "G"),
    element(`${group}0050`, "SS", [1, 1]),
    element(`${group}0100`, "US", 1),
    element(`${group}0102`, "US", 0),
    element(`${group}3000`, "OW", bits),
  ];
  return [...plane("6000"), ...plane("6002")];
}

function iconImage(): WritableElement[] {
  const icon = drawPhantom(shapeOf("4x4", 1, 8), "icon");
  return [sequence("00880200", [[...shapeElements(icon), pixelDataElement(icon)]])];
}

const longValues = (): WritableElement[] => [
  element("00283002", "US", [1_000, 0, 16]),
  element(
    "00283006",
    "US",
    Array.from({ length: 1_000 }, (_, index) => index * 60),
  ),
  element("0040A160", "UT", "All work and no pixels. ".repeat(3_000)),
  element("00281050", "DS", Array.from({ length: 200 }, (_, index) => `${index}.5`).join("\\")),
];

/** The description of each frame in modern multi-frame images (PS3.3 C.7.6.16). */
function functionalGroups(path: string): CorpusFile {
  const image = drawPhantom(shapeOf("16x12", 1, 12), path, 4);
  const position = (frame: number): WritableElement[] => [
    sequence("00209113", [[element("00200032", "DS", `0\\0\\${frame * 2.5}`)]]),
    sequence("00209111", [[element("00209157", "UL", [1, frame + 1])]]),
  ];
  const elements = [
    sequence("52009229", [
      [sequence("00289110", [[element("00180050", "DS", "2.5"), element("00280030", "DS", "0.7\\0.7")]])],
    ]),
    sequence(
      "52009230",
      image.frames.map((_, frame) => position(frame)),
      { hasUndefinedLength: true },
    ),
  ];
  return ownFile(path, image, { modality: "MR", elements });
}

/** The 128 bytes may hold what other programs read, as in dual-personality TIFF (PS3.10 7.1). */
function withPreamble(path: string): CorpusFile {
  const file = small("preamble-of-another-format", []);
  const make = (): Uint8Array => {
    const bytes = file.make();
    bytes.set(Buffer.from("II*\0", "latin1"));
    return bytes;
  };
  return { ...file, path, make };
}
