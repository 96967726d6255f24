import { describe, expect, test } from "vitest";
import { readJsonMetadata } from "../../../../src/domain/image-sets/metadata/json-metadata.ts";

async function readText(text: string | Uint8Array) {
  const read = await readJsonMetadata(Buffer.from(text as string));
  if ("problem" in read) throw new Error(read.problem);
  return read.dataSets;
}
const read = (json: unknown) => readText(JSON.stringify(json));
const NAME = { "00100010": { vr: "PN", Value: [{ Alphabetic: "Doe^Jane" }] } };
const SOP = { "00080018": { vr: "UI", Value: ["1.4.1"] } };
const NUMBER = { "00200013": { vr: "IS", Value: [7] } };

describe("JSON metadata", () => {
  test("are one data set, or several, each with its elements by level and without the UIDs that select", async () => {
    const whole = {
      "0020000D": { vr: "UI", Value: ["1.3"] },
      "0020000E": { vr: "UI", Value: ["1.4"] },
      ...SOP,
      ...NAME,
      "00081030": { vr: "LO", Value: ["CHEST"] },
      "0008103E": { vr: "LO", Value: ["axial"] },
      ...NUMBER,
      "00291010": { vr: "SH", Value: ["p"] },
    };
    const addition = {
      studyInstanceUID: "1.3",
      seriesInstanceUID: "1.4",
      sopInstanceUID: "1.4.1",
      patient: { PatientName: "Doe^Jane" },
      study: { StudyDescription: "CHEST" },
      series: { SeriesDescription: "axial" },
      instance: { InstanceNumber: "7", "00291010": "p" },
      headVrs: {},
      instanceVrs: { "00291010": "SH" },
    };
    expect(await read(whole)).toEqual([addition]);
    const [first, second] = await read([whole, NAME]);
    expect(first).toEqual(addition);
    expect(second).toMatchObject({ patient: { PatientName: "Doe^Jane" }, instance: {} });
    expect(second?.studyInstanceUID).toBeUndefined();
    expect(second?.sopInstanceUID).toBeUndefined();
  });

  test("may begin with a byte order mark", async () => {
    expect(await readText(`\ufeff${JSON.stringify(NAME)}`)).toHaveLength(1);
  });

  test("keep the VRs of elements in sequences apart by their level", async () => {
    const item = { "00291001": { vr: "SH", Value: ["q"] } };
    const [addition] = await read({
      ...SOP,
      "00400275": { vr: "SQ", Value: [item] },
      "00081140": { vr: "SQ", Value: [{ "00291002": { vr: "DS", Value: [1] } }] },
    });
    expect(addition?.headVrs).toEqual({ "00291001": "SH" });
    expect(addition?.instanceVrs).toEqual({ "00291002": "DS" });
  });

  test("of many data sets are read in parts, so that requests are answered meanwhile", async () => {
    let turns = 0;
    const count = (): void => {
      turns += 1;
      counting = setImmediate(count);
    };
    let counting = setImmediate(count);
    const additions = await read(Array.from({ length: 200 }, () => NAME));
    clearImmediate(counting);
    expect(additions).toHaveLength(200);
    expect(turns).toBeGreaterThan(5);
  });

  test.each<[string, string | Uint8Array, string]>([
    ["something else", "not JSON", "not JSON in UTF-8"],
    ["another encoding", Buffer.from('{"00100010":"\u00fc"}', "latin1"), "not JSON in UTF-8"],
    ["an empty array", "[]", "no data set"],
    ["a string", '"x"', "not a JSON object"],
    ["very many levels", "[".repeat(100_000), "more than 310 levels deep"],
    ["one name twice", '{"00100010":{"vr":"PN"},"00100010":{"vr":"PN"}}', "same name twice"],
    ["one VR twice", '{"00100010":{"vr":"PN","vr":"PN"}}', "same name twice"],
    [
      "a wrong data set among others",
      JSON.stringify([NAME, { "00100010": 1 }]),
      "Data set 2: DICOM attribute",
    ],
    ["an element of no instance", JSON.stringify(NUMBER), "InstanceNumber belongs to an instance"],
    ["an empty SOPInstanceUID", '{"00080018":{"vr":"UI"}}', "SOPInstanceUID does not exist"],
    [
      "an empty SOPClassUID",
      '{"00080018":{"vr":"UI","Value":["1"]},"00080016":{"vr":"UI"}}',
      "SOPClassUID does",
    ],
    [
      "a value that no import accepts",
      JSON.stringify({ "00100020": { vr: "LO", Value: ["x".repeat(300)] } }),
      "PatientID has 300 characters",
    ],
  ])("are refused where they are %s", async (_, content, message) => {
    await expect(readText(content)).rejects.toThrow(message);
  });
});
