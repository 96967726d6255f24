import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readXml, writeXml } from "../../../src/aws/s3/rest/body/xml.ts";
import { excessOfXml } from "../../../src/aws/s3/rest/body/xml-bounds.ts";
import { call, openFront, outcomeOf } from "./front.ts";

const attributes = (count: number): string =>
  Array.from({ length: count }, (_, index) => `a${index}="1"`).join(" ");

describe("XML", () => {
  test.each([
    ["very many attributes", `<Delete ${attributes(150_000)}/>`, "it has more than 20000 attributes"],
    ["attributes without spaces", `<Delete ${'a=""'.repeat(20_001)}/>`, "it has more than 20000 attributes"],
    ["attributes without values", `<Delete ${"a ".repeat(20_001)}/>`, "it has more than 20000 attributes"],
    [
      "some attributes on each of many tags",
      `<D>${'<O a="" b=""/>'.repeat(10_001)}</D>`,
      "it has more than 20000 attributes",
    ],
    ["very many tags", `<D>${"<O/>".repeat(200_000)}</D>`, "it has more than 200000 tags"],
    ["very many comments", `<D>${"<!---->".repeat(200_000)}</D>`, "it has more than 200000 tags"],
    ["very many instructions", `<D>${"<?a?>".repeat(200_000)}</D>`, "it has more than 200000 tags"],
    ["very many levels", `${"<a>".repeat(17)}${"</a>".repeat(17)}`, "it is more than 16 levels deep"],
    ["levels without an end", "<a>".repeat(600_000), "it is more than 16 levels deep"],
    ["a tag without an end", "<a ".repeat(600_000), "a tag or a comment has no end"],
    ["a value without an end", `<a b="${"<!--".repeat(500_000)}`, "a tag or a comment has no end"],
    ["comments without an end", "<!--".repeat(500_000), "a tag or a comment has no end"],
  ])("is refused before it is parsed where it has %s", (_, text, excess) => {
    expect(excessOfXml(text)).toBe(excess);
    expect(() => readXml(text, "Delete")).toThrow(excess);
  });

  test.each([
    ["CDATA sections", `<Delete>${"<![CDATA[a]]>".repeat(20)}</Delete>`],
    ["a DOCTYPE", "<!DOCTYPE Delete><Delete/>"],
  ])("with %s is refused for them, not for its depth", (_, text) => {
    expect(() => readXml(text, "Delete")).toThrow("it has a DOCTYPE or a CDATA section");
  });

  test("is refused with S3's error MalformedXML beyond these bounds", async () => {
    const { buckets, handle } = await openFront();
    await buckets.createBucket("bucket");
    const body = `<Delete ${attributes(150_000)}><Object><Key>a</Key></Object></Delete>`;
    const outcome = await outcomeOf(call(handle, { method: "POST", target: "/bucket?delete", body }));
    expect(outcome).toBe("400 MalformedXML");
  });
});

test("the largest request that S3 takes is within the bounds of XML", () => {
  const members = [
    "PartNumber",
    "ETag",
    "ChecksumCRC32",
    "ChecksumCRC32C",
    "ChecksumCRC64NVME",
    "ChecksumSHA1",
  ];
  const part = Object.fromEntries([...members, "ChecksumSHA256"].map((name) => [name, "x"]));
  const text = writeXml("CompleteMultipartUpload", { Part: Array(10_000).fill(part) });
  expect(text.length).toBeGreaterThan(2 ** 21);
  expect(excessOfXml(text)).toBeUndefined();
});

test("characters inside keys, and spaces inside tags, do not count towards the bounds of XML", () => {
  const key = fc.string({ unit: fc.constantFrom("<", ">", "=", " ", '"', "'", "/", "&", "a") });
  fc.assert(
    fc.property(fc.array(key, { maxLength: 40 }), (keys) => {
      const text = writeXml("Delete", { Object: keys.map((Key) => ({ Key })) });
      const odd = text
        .replaceAll("<Object>", `<Object  a = ">" b='</'>`)
        .replaceAll("</Key>", "</Key ><!-- <a> -->");
      expect(excessOfXml(odd)).toBeUndefined();
      expect(() => readXml(odd, "Delete")).not.toThrow();
    }),
    { numRuns: 100 },
  );
});
