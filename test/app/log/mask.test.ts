import { expect, test } from "vitest";
import { masked, stringsIn } from "../../../src/app/log/mask.ts";

const ID = "0123456789abcdef0123456789abcdef";

test.each<[text: string, sent: string[], told: string]>([
  ["Data store Doe does not exist", ["Doe"], "Data store ... does not exist"],
  ["DOE.JANE is LOCKED", ["DOE^JANE"], "... is LOCKED"],
  ["DoeJane and Doe", ["Doe", "DoeJane"], "... and ..."],
  ["The latest version of test is testing test1", ["test"], "The latest version of ... is testing test1"],
  ["Doe123 and XDoe are of P1234", ["Doe", "P12"], "...123 and X... are of ...34"],
  ["then test/test_test", ["test"], "then .../..._..."],
  [`Image set ${ID} is 12, not 1`, [ID, "1"], `Image set ${ID} is 12, not 1`],
  ["BETWEEN expects two values", ["BETWEEN"], "BETWEEN expects two values"],
  ["The input folder cannot be listed", ["input"], "The input folder cannot be listed"],
  ["Series 1.2.276.0.7230010.3.1 does not exist", [], "Series ... does not exist"],
  ["1.2.840.10008.1.2.4.100 is not supported", [], "1.2.840.10008.1.2.4.100 is not supported"],
  ["EACCES: open '/data/s3/dicom/DOE/1.dcm'", [], "EACCES: open '/data/s3/..."],
])("%j is logged without %j as %j", (text, sent, told) => {
  expect(masked(text, sent)).toBe(told);
});

test("strings of parameters are those that the caller chose, names of tags among them", () => {
  const parameters = {
    datastoreName: "a",
    tags: { b: "c" },
    list: [{ d: "e" }],
    bytes: Buffer.from("f"),
    n: 1,
  };
  expect([...stringsIn(parameters, (_, parent) => parent === "tags")]).toEqual(["a", "b", "c", "e"]);
});
