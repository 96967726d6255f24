import { EXPLICIT_VR_LITTLE_ENDIAN } from "../../../api/transfer-syntaxes.ts";
import type { DataSet } from "../../../imaging/dicom/data-set.ts";
import { encodeValue } from "../../../imaging/dicom/part10/encode-value.ts";
import { writePart10 } from "../../../imaging/dicom/part10/write-part10.ts";
import { PIXEL_DATA } from "../../../imaging/dicom/tag.ts";

/**
 * A small generated series, similar to CT, which the demo imports. Every call returns the same bytes.
 * @param sliceCount number of files, each one slice of 256x256 signed 12-bit samples
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

type Row = readonly [tag: string, vr: string, value: string | number | Uint8Array];

function writeSlice(index: number, sliceCount: number): Uint8Array {
  const sopInstanceUID = `${ROOT}.1.1.${index + 1}`;
  const fileMeta = dataSetOfRows([
    ["00020001", "OB", new Uint8Array([0, 1])],
    ["00020002", "UI", CT_IMAGE_STORAGE],
    ["00020003", "UI", sopInstanceUID],
    ["00020010", "UI", EXPLICIT_VR_LITTLE_ENDIAN],
    ["00020012", "UI", ROOT],
  ]);
  return writePart10({ fileMeta, dataSet: dataSetOfRows(describeSlice(index, sliceCount, sopInstanceUID)) });
}

const dataSetOfRows = (rows: readonly Row[]): DataSet =>
  new Map(rows.map(([tag, vr, value]) => [tag, { tag, vr, bytes: bytesOf(value, vr) }]));

const bytesOf = (value: Row[2], vr: string): Uint8Array =>
  value instanceof Uint8Array ? value : encodeValue(value, vr).bytes;

function describeSlice(index: number, sliceCount: number, sopInstanceUID: string): Row[] {
  return [
    ["00080008", "CS", "ORIGINAL\\PRIMARY\\AXIAL"],
    ["00080016", "UI", CT_IMAGE_STORAGE],
    ["00080018", "UI", sopInstanceUID],
    ["00080020", "DA", "20240501"],
    ["00080030", "TM", "101500"],
    ["00080050", "SH", "DEMO-0001"],
    ["00080060", "CS", "CT"],
    ["00080070", "LO", "healthimaging-local"],
    ["00081030", "LO", "Phantom study"],
    ["0008103E", "LO", "Ellipsoid phantom"],
    ["00100010", "PN", "Phantom^Demo"],
    ["00100020", "LO", "PHANTOM-1"],
    ["00100030", "DA", ""],
    ["00100040", "CS", "O"],
    ["00180050", "DS", "5"],
    ["0020000D", "UI", `${ROOT}.1`],
    ["0020000E", "UI", `${ROOT}.1.1`],
    ["00200010", "SH", "1"],
    ["00200011", "IS", "1"],
    ["00200013", "IS", String(index + 1)],
    ["00280002", "US", 1],
    ["00280004", "CS", "MONOCHROME2"],
    ["00280010", "US", SIZE],
    ["00280011", "US", SIZE],
    ["00280030", "DS", "1.5\\1.5"],
    ["00280100", "US", 16],
    ["00280101", "US", 12],
    ["00280102", "US", 11],
    ["00280103", "US", 1],
    ["00281050", "DS", "40"],
    ["00281051", "DS", "400"],
    ["00281052", "DS", "0"],
    ["00281053", "DS", "1"],
    [PIXEL_DATA, "OW", drawSlice(index, sliceCount)],
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
