import { describe, expect, test } from "vitest";
import { chooseFrames } from "../../../src/healthimaging/dicomweb/accept-frames.ts";

const ELE = "1.2.840.10008.1.2.1";
const HTJ2K = "1.2.840.10008.1.2.4.202";
const OCTETS = "application/octet-stream";
/** As AWS's installer configures OHIF. */
const INSTALLER = [
  ["image/jphc", HTJ2K],
  ["image/jp2", "1.2.840.10008.1.2.4.90"],
  ["image/jpeg", "1.2.840.10008.1.2.4.50"],
  [OCTETS, ELE],
]
  .map(([type, uid]) => `multipart/related; type=${type}; transfer-syntax=${uid}`)
  .join(", ");

describe("frames are sent", () => {
  test.each<[accept: string | undefined, transferSyntaxUID: string, mediaType: string, isMultipart: boolean]>(
    [
      [undefined, ELE, OCTETS, true],
      ["*/*", ELE, OCTETS, true],
      ["multipart/related", ELE, OCTETS, true],
      [`multipart/related; type="${OCTETS}"`, ELE, OCTETS, true],
      [`multipart/related; type=${OCTETS}; transfer-syntax=${ELE}`, ELE, OCTETS, true],
      [`multipart/related; type="${OCTETS}"; transfer-syntax="*"`, HTJ2K, OCTETS, true],
      [`multipart/related; type="image/jphc"; transfer-syntax=${HTJ2K}`, HTJ2K, "image/jphc", true],
      ['multipart/related; type="image/jphc"; transfer-syntax=*', HTJ2K, "image/jphc", true],
      ["multipart/related; type=image/jphc", HTJ2K, "image/jphc", true],
      [`multipart/related; transfer-syntax=${HTJ2K}`, HTJ2K, "image/jphc", true],
      ["Multipart/Related; Type=Image/*", HTJ2K, "image/jphc", true],
      [INSTALLER, HTJ2K, "image/jphc", true],
      [INSTALLER.split(", ").toReversed().join(", "), ELE, OCTETS, true],
      [
        `multipart/related; type=${OCTETS}; q=0.5, multipart/related; type=image/jphc; q=0.7`,
        HTJ2K,
        "image/jphc",
        true,
      ],
      [OCTETS, ELE, OCTETS, false],
      [`${OCTETS}; transfer-syntax=*`, HTJ2K, OCTETS, false],
      ["image/jphc", HTJ2K, "image/jphc", false],
      ["image/jpeg, image/jphc", HTJ2K, "image/jphc", false],
      [`${OCTETS}, multipart/related; type=image/jphc`, ELE, OCTETS, false],
    ],
  )("to %j", (accept, transferSyntaxUID, mediaType, isMultipart) => {
    expect(chooseFrames(accept, 1)).toEqual({ transferSyntaxUID, mediaType, isMultipart });
  });

  test("as parts only, if there are several", () => {
    expect(chooseFrames(`image/jphc, ${OCTETS}, multipart/related; type=image/jphc`, 2)).toMatchObject({
      isMultipart: true,
    });
    expect(() => chooseFrames(`image/jphc, ${OCTETS}`, 2)).toThrow("No list of frames can be sent");
  });

  test.each([
    "application/dicom+json",
    "image/jph",
    "image/jpeg",
    "multipart/related; type=image/jp2; transfer-syntax=*",
    `multipart/related; type="image/jphc"; transfer-syntax=${ELE}`,
    `multipart/related; type="image/jpeg"; transfer-syntax=1.2.840.10008.1.2.4.50`,
    `multipart/related; type="${OCTETS}"; transfer-syntax=1.2.840.10008.1.2`,
    "multipart/related; type=image/jphc; q=0",
  ])("to no client that accepts %j", (accept) => {
    expect(() => chooseFrames(accept, 1)).toThrow(
      expect.objectContaining({
        code: "NotAcceptableException",
        hint: expect.stringContaining('multipart/related; type="application/octet-stream"') as string,
      }) as Error,
    );
  });
});
