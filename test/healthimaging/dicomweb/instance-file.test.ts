import { expect, test } from "vitest";
import { EXPLICIT_VR_LITTLE_ENDIAN } from "../../../src/api/transfer-syntaxes.ts";
import { writeFileParts } from "../../../src/healthimaging/dicomweb/instance-file.ts";
import { parsePart10 } from "../../../src/imaging/dicom/part10/part10.ts";

const UIDS = { SOPClassUID: "1.2.840.10008.5.1.4.1.1.2", SOPInstanceUID: "2.25.1" };

const read = (attributes: Record<string, string>, vrs: Record<string, string> = {}) =>
  parsePart10(writeFileParts({ ...UIDS, ...attributes }, vrs, EXPLICIT_VR_LITTLE_ENDIAN).before);

test("file meta information keeps the VRs of the imported file, except for elements that describe the new file", () => {
  const vrs = { "00020016": "OB", "00020013": "OB" };
  const { fileMeta } = read({ SourceApplicationEntityTitle: "AQI=", ImplementationVersionName: "AQI=" }, vrs);
  expect(fileMeta.get("00020016")).toMatchObject({ vr: "OB", bytes: Buffer.of(1, 2) });
  expect(fileMeta.get("00020013")?.vr).toBe("SH");
  expect([...fileMeta.keys()]).toEqual([...fileMeta.keys()].toSorted());
});

test("file meta information has no character set, also with text that is not ASCII", () => {
  const attributes = { SourceApplicationEntityTitle: "MÜLLER" };
  const { before } = writeFileParts({ ...UIDS, ...attributes }, {}, EXPLICIT_VR_LITTLE_ENDIAN);
  const end = 132 + 12 + Buffer.from(before).readUInt32LE(140);
  expect(Buffer.from(before).readUInt16LE(end)).toBe(0x0008);
  expect([...read(attributes).dataSet.keys()]).toEqual(["00080016", "00080018"]);
});

test("elements without a keyword are written to the group that their digits name", () => {
  const vrs = { "00020102": "OB", "00090010": "LO", "00091001": "LO" };
  const attributes = { "00020102": "AQI=", "00090010": "ACME", "00091001": "private" };
  const { fileMeta, dataSet } = read(attributes, vrs);
  expect(fileMeta.get("00020102")).toMatchObject({ bytes: Buffer.of(1, 2) });
  expect([...dataSet.keys()]).toEqual(["00080016", "00080018", "00090010", "00091001"]);
});

test("names that only an update with force can make are left out, and its values are written as they are", () => {
  const item = { NotInTheStandard: "x", ReferencedSOPInstanceUID: "1.2" };
  const attributes = {
    NotInTheStandard: "x",
    InstanceNumber: "first",
    Rows: "many rows",
    SourceImageSequence: [item],
  };
  const file = writeFileParts({ ...UIDS, ...attributes }, {}, EXPLICIT_VR_LITTLE_ENDIAN).before;
  const { dataSet } = parsePart10(file);
  expect([...dataSet.keys()]).toEqual(["00080016", "00080018", "00082112", "00200013", "00280010"]);
  expect([...(dataSet.get("00082112")?.items?.[0]?.keys() ?? [])]).toEqual(["00081155"]);
  const { vr, bytes = [] } = dataSet.get("00280010") ?? {};
  expect([vr, Buffer.from(bytes).toString().trim()]).toEqual(["UT", "many rows"]);
});
