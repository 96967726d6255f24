import { EXPLICIT_VR_LITTLE_ENDIAN } from "../../../api/transfer-syntaxes.ts";

/**
 * A small CT-like series, made here: what the demo imports. Every call makes the same bytes.
 * @param sliceCount of files, each one slice of 256x256 signed 12-bit samples
 * @returns file names and DICOM Part 10 bytes, Explicit VR Little Endian
 */
export function createSampleSeries(sliceCount: number): { name: string; bytes: Uint8Array }[] {
  return Array.from({ length: sliceCount }, (_, index) => ({
    name: `slice-${String(index + 1).padStart(3, "0")}.dcm`,
    bytes: writeSlice(index, sliceCount),
  }));
}

const SIZE = 256;
const ROOT = "2.25.291834617234511289";
const CT_IMAGE_STORAGE = "1.2.840.10008.5.1.4.1.1.2";

type Element = readonly [tag: number, vr: string, value: string | number | Uint8Array];

function writeSlice(index: number, sliceCount: number): Uint8Array {
  const sopInstanceUID = `${ROOT}.1.1.${index + 1}`;
  const meta = writeElements([
    [0x00020001, "OB", new Uint8Array([0, 1])],
    [0x00020002, "UI", CT_IMAGE_STORAGE],
    [0x00020003, "UI", sopInstanceUID],
    [0x00020010, "UI", EXPLICIT_VR_LITTLE_ENDIAN],
    [0x00020012, "UI", ROOT],
  ]);
  const dataSet = writeElements(describeSlice(index, sliceCount, sopInstanceUID));
  const groupLength = writeElements([[0x00020000, "UL", meta.length]]);
  return Buffer.concat([Buffer.alloc(128), Buffer.from("DICM"), groupLength, meta, dataSet]);
}

function describeSlice(index: number, sliceCount: number, sopInstanceUID: string): Element[] {
  return [
    [0x00080008, "CS", "ORIGINAL\\PRIMARY\\AXIAL"],
    [0x00080016, "UI", CT_IMAGE_STORAGE],
    [0x00080018, "UI", sopInstanceUID],
    [0x00080020, "DA", "20240501"],
    [0x00080030, "TM", "101500"],
    [0x00080050, "SH", "DEMO-0001"],
    [0x00080060, "CS", "CT"],
    [0x00080070, "LO", "healthimaging-local"],
    [0x00081030, "LO", "Phantom study"],
    [0x0008103e, "LO", "Ellipsoid phantom"],
    [0x00100010, "PN", "Phantom^Demo"],
    [0x00100020, "LO", "PHANTOM-1"],
    [0x00100030, "DA", ""],
    [0x00100040, "CS", "O"],
    [0x00180050, "DS", "5"],
    [0x0020000d, "UI", `${ROOT}.1`],
    [0x0020000e, "UI", `${ROOT}.1.1`],
    [0x00200010, "SH", "1"],
    [0x00200011, "IS", "1"],
    [0x00200013, "IS", String(index + 1)],
    [0x00280002, "US", 1],
    [0x00280004, "CS", "MONOCHROME2"],
    [0x00280010, "US", SIZE],
    [0x00280011, "US", SIZE],
    [0x00280030, "DS", "1.5\\1.5"],
    [0x00280100, "US", 16],
    [0x00280101, "US", 12],
    [0x00280102, "US", 11],
    [0x00280103, "US", 1],
    [0x00281050, "DS", "40"],
    [0x00281051, "DS", "400"],
    [0x00281052, "DS", "0"],
    [0x00281053, "DS", "1"],
    [0x7fe00010, "OW", drawSlice(index, sliceCount)],
  ];
}

/** Ellipsoids in Hounsfield units: [value, x, y, z, radius x, radius y, radius z], in -1 to 1. */
const ELLIPSOIDS: readonly (readonly [number, number, number, number, number, number, number])[] = [
  [40, 0, 0, 0, 0.75, 0.9, 1.2],
  [-850, -0.34, 0.1, 0, 0.24, 0.5, 0.9],
  [-850, 0.34, 0.1, 0, 0.24, 0.5, 0.9],
  [180, 0.05, 0.15, 0, 0.18, 0.22, 0.5],
  [900, 0, -0.66, 0, 0.1, 0.12, 1.2],
  [60, -0.4, 0.2, 0.1, 0.05, 0.05, 0.15],
];
const AIR = -1000;

function drawSlice(index: number, sliceCount: number): Uint8Array {
  const samples = new Int16Array(SIZE * SIZE);
  const z = sliceCount === 1 ? 0 : (2 * index) / (sliceCount - 1) - 1;
  for (let row = 0; row < SIZE; row++) {
    for (let column = 0; column < SIZE; column++) {
      const texture = ((row * 31 + column * 17 + index * 7) % 13) - 6;
      samples[row * SIZE + column] = valueAt((2 * column) / SIZE - 1, 1 - (2 * row) / SIZE, z) + texture;
    }
  }
  return new Uint8Array(samples.buffer);
}

function valueAt(x: number, y: number, z: number): number {
  const inside = ELLIPSOIDS.findLast(
    ([, cx, cy, cz, rx, ry, rz]) => ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 + ((z - cz) / rz) ** 2 <= 1,
  );
  return inside?.[0] ?? AIR;
}

const writeElements = (elements: readonly Element[]): Buffer => Buffer.concat(elements.map(writeElement));

/** PS3.5 7.1.2: the explicit VRs of this file, with their two forms of the length field. */
function writeElement([tag, vr, value]: Element): Buffer {
  const bytes = encode(vr, value);
  const hasLongLength = vr === "OB" || vr === "OW";
  const head = Buffer.alloc(hasLongLength ? 12 : 8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.write(vr, 4, "latin1");
  if (hasLongLength) head.writeUInt32LE(bytes.length, 8);
  else head.writeUInt16LE(bytes.length, 6);
  return Buffer.concat([head, bytes]);
}

function encode(vr: string, value: string | number | Uint8Array): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === "number") {
    const bytes = Buffer.alloc(vr === "UL" ? 4 : 2);
    bytes.writeUIntLE(value, 0, bytes.length);
    return bytes;
  }
  const padding = value.length % 2 === 0 ? "" : vr === "UI" ? "\0" : " ";
  return Buffer.from(value + padding, "latin1");
}
