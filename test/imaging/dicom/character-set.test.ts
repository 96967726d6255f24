import { describe, expect, test } from "vitest";
import { describeInstance } from "../../../src/imaging/dicom/metadata/metadata.ts";
import { parsePart10 } from "../../../src/imaging/dicom/part10/part10.ts";
import { dicomFile, element, instanceElements, sequence, type WritableElement } from "./write-dicom.ts";

const described = (...elements: WritableElement[]) =>
  describeInstance(parsePart10(dicomFile(instanceElements(...elements))));

const hex = (digits: string) => Buffer.from(digits.replaceAll(" ", ""), "hex");

function nameIn(characterSet: string, bytes: Uint8Array) {
  const name = element("00100010", "PN", bytes);
  return described(element("00080005", "CS", characterSet), name).patient["PatientName"];
}

describe("the bytes of a person name", () => {
  test.each([
    ["ISO_IR 6", "Doe^Jane", Buffer.from("Doe^Jane")],
    ["ISO_IR 100", "Buc^Jérôme", hex("427563 5e 4ae972f46d65")],
    ["ISO_IR 101", "Wałęsa", hex("5761b3ea7361")],
    ["ISO_IR 109", "Ĝi", hex("d869")],
    ["ISO_IR 110", "Ķ", hex("d3")],
    ["ISO_IR 144", "Люк", hex("bbeeda")],
    ["ISO_IR 127", "قب", hex("e2c8")],
    ["ISO_IR 126", "Διον", hex("c4e9efed")],
    ["ISO_IR 138", "שרון", hex("f9f8e5ef")],
    ["ISO_IR 148", "Çavuş", hex("c7617675fe")],
    ["ISO_IR 13", "ﾔﾏﾀﾞ", hex("d4cfc0de")],
    ["ISO_IR 166", "ไทย", hex("e4b7c2")],
    ["ISO_IR 192", "王^小東", Buffer.from("王^小東")],
    ["GB18030", "王^小东", hex("cdf5 5e d0a1b6ab")],
    ["GBK", "王^小东", hex("cdf5 5e d0a1b6ab")],
    ["ISO 2022 IR 100\\ISO 2022 IR 144", "É=Люк", hex("c9 3d 1b2d4c bbeeda")],
    [
      "\\ISO 2022 IR 87",
      "Yamada=山田^太郎",
      hex("59616d616461 3d 1b2442 3b33 4544 1b2842 5e 1b2442 4240 4f3a 1b2842"),
    ],
    ["ISO 2022 IR 13\\ISO 2022 IR 87", "ﾔﾏﾀﾞ=山田", hex("d4cfc0de 3d 1b2442 3b33 4544 1b284a")],
    ["\\ISO 2022 IR 159", "丂", hex("1b242844 3021 1b2842")],
    ["\\ISO 2022 IR 149", "Hong=洪^吉洞", hex("486f6e67 3d 1b242943 fbf3 5e 1b242943 d1ce d4d7")],
    ["\\ISO 2022 IR 58", "Zhang=张^小东", hex("5a68616e67 3d 1b242941 d5c5 5e 1b242941 d0a1 b6ab")],
  ])("in the character set %s are read as %s", (characterSet, name, bytes) => {
    expect(nameIn(characterSet, bytes)).toBe(name);
  });
});

describe("the reader of text", () => {
  test.each([
    "ISO-IR 100",
    "ISO IR 100",
    "ISO_IR_100",
    "iso_ir 100",
    "ISO_IR 100 ",
    "ISO 2022 IR 100",
    "ISO_IR100",
  ])("understands the character set written as '%s'", (characterSet) => {
    expect(nameIn(characterSet, hex("e9"))).toBe("é");
  });

  test.each(["", "ISO_IR 999", "nonsense\\more"])(
    "reads text of the unknown character set '%s' as UTF-8, or else as Latin-1",
    (name) => {
      expect(nameIn(name, Buffer.from("王"))).toBe("王");
      expect(nameIn(name, hex("4ae972"))).toBe("Jér");
    },
  );

  test("reads text without a character set as UTF-8, or else as Latin-1", () => {
    const { patient } = described(element("00100010", "PN", hex("4ae972")));
    expect(patient["PatientName"]).toBe("Jér");
  });
});

describe("the reader of text does not throw on", () => {
  test.each([
    ["an escape to a set that was not declared", "ISO 2022 IR 6", hex("1b2d4c bbeeda"), "Люк"],
    ["an escape without any character set", "", hex("1b2442 3b33 1b2842"), "山"],
    ["an escape to no set at all", "\\ISO 2022 IR 87", hex("41 1b7a7a 42"), "A\u001bzzB"],
    ["half a character of two bytes", "\\ISO 2022 IR 159", hex("1b242844 302130 20"), expect.any(String)],
    ["bytes that are not of the set", "ISO_IR 192", hex("41 ff"), "A\ufffd"],
  ])("%s", (_, characterSet, bytes, text) => {
    expect(nameIn(characterSet, bytes)).toEqual(text);
  });
});

describe("a backslash", () => {
  const listIn = (characterSet: string, bytes: Uint8Array) =>
    described(element("00080005", "CS", characterSet), element("00101001", "PN", bytes)).patient[
      "OtherPatientNames"
    ];

  test("inside a character of GB18030 does not end a value", () => {
    expect(listIn("GB18030", hex("815c 5c 41"))).toEqual(["乗", "A"]);
  });

  test("inside a character of JIS X 0208 does not end a value", () => {
    expect(listIn("\\ISO 2022 IR 87", hex("1b2442 305c 1b2842 5c 41"))).toEqual(["移", "A"]);
  });

  test("resets the active character set", () => {
    expect(listIn("\\ISO 2022 IR 144", hex("1b2d4c bb 5c 41"))).toEqual(["Л", "A"]);
  });

  test("of Japanese long text is a yen sign", () => {
    const comments = element("00104000", "LT", hex("d45c"));
    const { patient } = described(element("00080005", "CS", "ISO_IR 13"), comments);
    expect(patient["PatientComments"]).toBe("ﾔ¥");
  });
});

describe("items of a sequence", () => {
  const operators = (bytes: Uint8Array) => element("00081070", "PN", bytes);

  test("inherit the character set", () => {
    const { instance } = described(
      element("00080005", "CS", "ISO_IR 144"),
      sequence("00081140", [[sequence("00081199", [[element("00080104", "LO", hex("bbeeda"))]])]]),
    );
    expect(instance.DICOM["ReferencedImageSequence"]).toEqual([
      { ReferencedSOPSequence: [{ CodeMeaning: "Люк" }] },
    ]);
  });

  test("may have a character set of their own", () => {
    const item = [element("00080005", "CS", "ISO_IR 192"), element("00080104", "LO", Buffer.from("王"))];
    const { series, instance } = described(
      element("00080005", "CS", "ISO_IR 144"),
      operators(hex("bbeeda")),
      sequence("00081140", [item]),
    );
    expect(series["OperatorsName"]).toEqual(["Люк"]);
    expect(instance.DICOM["ReferencedImageSequence"]).toEqual([
      { SpecificCharacterSet: ["ISO_IR 192"], CodeMeaning: "王" },
    ]);
  });
});
