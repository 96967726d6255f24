import { expect, test } from "vitest";
import type { Attributes } from "../../../src/domain/image-sets/metadata/metadata-document.ts";
import { imageAttributes } from "../../../src/healthimaging/dicomweb/file/sent-attributes.ts";

const ELE = "1.2.840.10008.1.2.1";
const HTJ2K = "1.2.840.10008.1.2.4.202";

const header = {
  width: 4,
  height: 3,
  componentCount: 3,
  bitsPerSample: 8,
  isSigned: false,
  isUsingColorTransform: true,
  decompositions: 1,
  segments: [],
  tileParts: [],
};

test.each([
  ["RGB", true, "RGB", "YBR_RCT"],
  ["RGB", false, "RGB", "RGB"],
  ["YBR_RCT", true, "RGB", "YBR_RCT"],
  ["YBR_ICT", true, "RGB", "YBR_RCT"],
  ["YBR_FULL", true, "YBR_FULL", "YBR_FULL"],
  ["YBR_FULL_422", true, "YBR_FULL", "YBR_FULL"],
])(
  "%s, stored with colour transform %s, is sent as %s, encapsulated as %s",
  (original, isUsingColorTransform, native, encapsulated) => {
    const attributes = { PhotometricInterpretation: original };
    const image = { header: { ...header, isUsingColorTransform }, bitsAllocated: 8, frameCount: 1 };
    const sentAs = (transferSyntaxUID: typeof ELE | typeof HTJ2K) =>
      imageAttributes(attributes, { ...image, transferSyntaxUID })["PhotometricInterpretation"];
    expect([sentAs(ELE), sentAs(HTJ2K)]).toEqual([native, encapsulated]);
  },
);

test("bits and sign are those of the stored samples, not those of the imported file", () => {
  const grey = {
    ...header,
    componentCount: 1,
    bitsPerSample: 12,
    isSigned: true,
    isUsingColorTransform: false,
  };
  const attributes = { PhotometricInterpretation: "MONOCHROME1", HighBit: 15, BitsStored: 12 };
  expect(
    imageAttributes(attributes, { header: grey, bitsAllocated: 16, frameCount: 1, transferSyntaxUID: ELE }),
  ).toEqual({
    SamplesPerPixel: 1,
    PhotometricInterpretation: "MONOCHROME1",
    Rows: 3,
    Columns: 4,
    BitsAllocated: 16,
    BitsStored: 12,
    HighBit: 11,
    PixelRepresentation: 1,
  });
});

test.each([
  ["PALETTE COLOR", {}, "MONOCHROME2"],
  ["PALETTE COLOR", { RedPaletteColorLookupTableDescriptor: [256, 0, 8] }, "PALETTE COLOR"],
  ["RGB", {}, "MONOCHROME2"],
  ["", {}, "MONOCHROME2"],
])(
  "an image of one component with PhotometricInterpretation '%s' and attributes %j is sent as %s",
  (original, others, expected) => {
    const attributes = { ...others, PhotometricInterpretation: original, NumberOfFrames: "99" };
    const grey = { ...header, componentCount: 1, isUsingColorTransform: false };
    const image = { header: grey, bitsAllocated: 8, frameCount: 3, transferSyntaxUID: ELE } as const;
    expect(imageAttributes(attributes, image)).toMatchObject({
      PhotometricInterpretation: expected,
      NumberOfFrames: "3",
    });
  },
);

test.each([
  ["colour", 3, "RGB"],
  ["grey", 1, "MONOCHROME2"],
])(
  "a %s image whose file had no PhotometricInterpretation is sent with one",
  (_, componentCount, expected) => {
    const image = { header: { ...header, componentCount, isUsingColorTransform: false }, bitsAllocated: 8 };
    const absent: Attributes = {};
    const empty: Attributes = { PhotometricInterpretation: null };
    for (const attributes of [absent, empty])
      expect(imageAttributes(attributes, { ...image, frameCount: 1, transferSyntaxUID: ELE })).toMatchObject({
        PhotometricInterpretation: expected,
      });
  },
);
