import { describe, expect, test } from "vitest";
import { chooseTransferSyntax } from "../../../src/healthimaging/dicomweb/accept.ts";

const ELE = "1.2.840.10008.1.2.1";
const HTJ2K = "1.2.840.10008.1.2.4.202";

const NOT_ACCEPTABLE = expect.objectContaining({ code: "NotAcceptableException" }) as Error;

describe("an Accept header", () => {
  test("that is missing gets Explicit VR Little Endian", () => {
    expect(chooseTransferSyntax(undefined)).toBe(ELE);
  });

  test.each([
    "",
    "*/*",
    "application/*",
    "application/dicom",
    "Application/DICOM",
    `application/dicom; transfer-syntax=${ELE}`,
    `application/dicom;transfer-syntax="${ELE}"`,
    `application/dicom; charset=utf-8; Transfer-Syntax=${ELE}; q=0.1`,
    "text/html, application/xhtml+xml, */*;q=0.8",
    "application/dicom; note",
    `application/dicom; transfer-syntax=${HTJ2K}; q=0.5, application/dicom`,
    `application/dicom; transfer-syntax=${HTJ2K}; q=0, */*`,
    `application/dicom; transfer-syntax=1.2.840.10008.1.2.4.50, application/dicom; transfer-syntax=${ELE}; q=0.2`,
    `multipart/related; type="application/dicom"; transfer-syntax=${HTJ2K}, */*;q=0.1`,
  ])("%j gets Explicit VR Little Endian", (accept) => {
    expect(chooseTransferSyntax(accept)).toBe(ELE);
  });

  test.each([
    `application/dicom; transfer-syntax=${HTJ2K}`,
    `application/dicom;transfer-syntax="${HTJ2K}"`,
    `application/dicom; transfer-syntax=${HTJ2K}, application/dicom; transfer-syntax=${ELE}`,
    `application/dicom; q=0.5, application/dicom; transfer-syntax=${HTJ2K}; q=0.75`,
    `application/dicom; note="a, b; c=\\"d\\""; transfer-syntax=${HTJ2K}`,
  ])("%j gets HTJ2K", (accept) => {
    expect(chooseTransferSyntax(accept)).toBe(HTJ2K);
  });

  test.each([
    "application/dicom+json",
    "image/jpeg",
    "application/dicom; transfer-syntax=*",
    "application/dicom; transfer-syntax=1.2.840.10008.1.2",
    "application/dicom; transfer-syntax=",
    "application/dicom; transfer-syntax",
    "application/dicom; q=0",
    "*/*; q=0",
    "application/dicom; q=0, */*",
    "application/dicom; q=2",
    'multipart/related; type="application/dicom"',
    '"',
    ",;,=;",
  ])("%j is not acceptable", (accept) => {
    expect(() => chooseTransferSyntax(accept)).toThrow(NOT_ACCEPTABLE);
  });

  test.each([
    ['application/dicom; x="a,b;c\\"d"; transfer-syntax=1.2.840.10008.1.2.4.202', HTJ2K],
    ['application/dicom; x="a;q=0.1, application/dicom; transfer-syntax=1.2.840.10008.1.2.4.202', HTJ2K],
    ['x"; y, application/dicom', ELE],
  ])("%s has separators in quotes, or quotes that are not closed", (accept, chosen) => {
    expect(chooseTransferSyntax(accept)).toBe(chosen);
  });

  test("takes time in proportion to its length, whatever is escaped in it", () => {
    const accept = `"${'\\"'.repeat(500_000)}`;
    const { user } = process.cpuUsage();
    expect(() => chooseTransferSyntax(accept)).toThrow(NOT_ACCEPTABLE);
    expect(process.cpuUsage().user - user).toBeLessThan(2_000_000);
  });

  test("of thousands of quotes and separators is not acceptable", () => {
    const accept = `${'"'.repeat(4000)}${";=,".repeat(4000)}`;
    expect(() => chooseTransferSyntax(accept)).toThrow(NOT_ACCEPTABLE);
  });
});
