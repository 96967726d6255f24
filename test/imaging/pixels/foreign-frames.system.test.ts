import { describe, expect, it } from "vitest";
import type { FrameShape } from "../../../src/imaging/pixels/frame-shape.ts";
import { readNative } from "../../../src/imaging/pixels/sources/read-native.ts";
import { checksum, type Samples } from "../../../src/imaging/pixels/samples.ts";
import { SourceDecoders } from "../../../src/imaging/pixels/sources/source-decoders.ts";
import { encapsulatedUid } from "./encapsulated-uid.ts";
import { compressWithOpenJpeg, type ForeignImage, nativeFile, runDcmtk } from "./foreign-encoders.ts";
import { isInstalled } from "./openjpeg.ts";
import { type Content, fill, frameShape } from "./sample-frames.ts";

// Frames that others' encoders made must decode to what they were made of, or to what others decode.
const hasDcmtk = isInstalled("dcmcjpeg", "dcmtk");
const hasOpenJpeg = isInstalled("opj_compress", "libopenjp2-tools");
const decoders = new SourceDecoders();

const SIZES = [
  { columns: 1, rows: 1 },
  { columns: 3, rows: 5 },
  { columns: 67, rows: 129 },
];
const DEPTHS = [
  { bitsStored: 8 },
  { bitsStored: 10 },
  { bitsStored: 12 },
  { bitsStored: 12, isSigned: true },
  { bitsStored: 16 },
  { bitsStored: 16, isSigned: true },
];
const CONTENTS = ["noise", "gradient", "extremes"] as const;

async function decodeFrames({ frames, transferSyntaxUID, shape }: ForeignImage): Promise<Samples[]> {
  const decode = await decoders.forTransferSyntax(encapsulatedUid(transferSyntaxUID));
  return frames.map((frame) => decode(frame, shape));
}

/** Encoded by dcmtk, in one file of three frames for each shape. */
async function expectLossless(program: string, options: readonly string[], shape: FrameShape): Promise<void> {
  const frames = CONTENTS.map((content) => fill(shape, content));
  const image = runDcmtk(program, options, nativeFile(shape, frames));
  expect((await decodeFrames(image)).map(checksum), JSON.stringify(shape)).toEqual(frames.map(checksum));
}

const shapesOf = (differences: Partial<FrameShape>): FrameShape[] =>
  SIZES.map((size) => frameShape({ ...size, ...differences }));

describe.skipIf(!hasDcmtk)("dcmtk's lossless JPEG decodes to the source", () => {
  it.each([1, 2, 3, 4, 5, 6, 7])("with predictor %i", async (predictor) => {
    for (const depth of [...DEPTHS, { bitsStored: 8, samplesPerPixel: 3 }]) {
      const shape = frameShape({ ...depth, columns: 67, rows: 129 });
      await expectLossless("dcmcjpeg", ["+el", "+sv", String(predictor)], shape);
    }
    for (const shape of shapesOf({ bitsStored: 12 })) {
      await expectLossless("dcmcjpeg", ["+el", "+sv", String(predictor)], shape);
    }
  });

  it("with the process of first-order prediction", async () => {
    for (const depth of DEPTHS) await expectLossless("dcmcjpeg", ["+e1"], frameShape({ ...depth, rows: 50 }));
  });

  it("in fragments of a kilobyte, with an offset table and without", async () => {
    const shape = frameShape({ columns: 67, rows: 129 });
    for (const table of ["+ot", "-ot"]) await expectLossless("dcmcjpeg", ["+e1", "+fs", "1", table], shape);
  });
});

describe.skipIf(!hasDcmtk)("dcmtk's RLE decodes to the source", () => {
  it.each([...DEPTHS, { bitsStored: 8, samplesPerPixel: 3 }, { bitsStored: 16, samplesPerPixel: 3 }])(
    "of %j",
    async (depth) => {
      for (const shape of shapesOf(depth)) await expectLossless("dcmcrle", [], shape);
    },
  );
});

describe.skipIf(!hasDcmtk)("dcmtk's JPEG-LS decodes to the source", () => {
  it.each(DEPTHS)("of %j", async (depth) => {
    for (const shape of shapesOf(depth)) await expectLossless("dcmcjpls", ["+el"], shape);
  });

  it.each(["+il", "+is", "+in"])("in colour, encoded with dcmcjpls %s", async (interleave) => {
    for (const shape of shapesOf({ bitsStored: 8, samplesPerPixel: 3 })) {
      await expectLossless("dcmcjpls", ["+el", interleave], shape);
    }
  });
});

/** What dcmtk decodes the image to, its colours unconverted. */
function decodeWithDcmtk(program: string, options: readonly string[], image: ForeignImage): Samples[] {
  const { frames, shape } = runDcmtk(program, options, image.file);
  return frames.map((frame) => readNative(frame, shape));
}

const LOSSY_CONTENTS: readonly Content[] = ["gradient", "noise"];

describe.skipIf(!hasDcmtk)("lossy JPEG decodes to what dcmtk decodes it to", () => {
  const grey = [
    ...[10, 50, 100].map((quality) => ["+eb", "+q", String(quality)]),
    ["+eb", "-ho"],
    ["+ee", "+be"],
    ["+ee", "+bt"],
  ];
  it.each(grey)("when it is grey and encoded with dcmcjpeg %s %s %s", async (...options) => {
    for (const shape of [...shapesOf({ bitsStored: 8 }), ...shapesOf({ bitsStored: 12 })]) {
      for (const content of LOSSY_CONTENTS) {
        const image = runDcmtk(
          "dcmcjpeg",
          options.filter(Boolean),
          nativeFile(shape, [fill(shape, content)]),
        );
        const judged = decodeWithDcmtk("dcmdjpeg", ["+cn"], image);
        expect((await decodeFrames(image)).map(checksum)).toEqual(judged.map(checksum));
      }
    }
  });

  const colour = ["+s4", "+s2", "+n2", "+n1", "+np"].flatMap((sampling) => [
    ["+eb", sampling],
    ["+ee", sampling],
  ]);
  it.each([...colour, ["+eb", "+cr"]])(
    "when it is in colour and encoded with dcmcjpeg %s %s",
    async (...options) => {
      for (const shape of [
        ...shapesOf({ bitsStored: 8, samplesPerPixel: 3 }),
        frameShape({ columns: 64, rows: 64, bitsStored: 8, samplesPerPixel: 3 }),
      ]) {
        for (const content of LOSSY_CONTENTS) {
          const image = runDcmtk("dcmcjpeg", options, nativeFile(shape, [fill(shape, content)]));
          const judged = decodeWithDcmtk("dcmdjpeg", ["+cn", "+px"], { ...image });
          expect((await decodeFrames(image)).map(checksum), JSON.stringify(shape)).toEqual(
            judged.map(checksum),
          );
        }
      }
    },
  );
});

describe.skipIf(!hasDcmtk)("near-lossless JPEG-LS decodes to what dcmtk decodes it to", () => {
  it.each([1, 3, 10])("with deviation %i", async (deviation) => {
    for (const shape of shapesOf({ bitsStored: 12 })) {
      const file = nativeFile(shape, [fill(shape, "noise")]);
      const image = runDcmtk("dcmcjpls", ["+en", "+md", String(deviation)], file);
      const judged = decodeWithDcmtk("dcmdjpls", [], image);
      expect((await decodeFrames(image)).map(checksum)).toEqual(judged.map(checksum));
    }
  });
});

describe.skipIf(!hasOpenJpeg)("OpenJPEG's codestreams decode to the source", () => {
  const depths = [8, 10, 12, 16].flatMap((bitsStored) =>
    [1, 3].flatMap((samplesPerPixel) =>
      [false, true].map((isSigned) => ({ bitsStored, samplesPerPixel, isSigned })),
    ),
  );
  it.each(depths)("of %j", async (depth) => {
    const decode = await decoders.forTransferSyntax("1.2.840.10008.1.2.4.90");
    for (const shape of shapesOf(depth)) {
      for (const content of CONTENTS) {
        const samples = fill(shape, content);
        const transform =
          depth.samplesPerPixel === 1
            ? [[]]
            : [
                ["-mct", "0"],
                ["-mct", "1"],
              ];
        for (const options of transform) {
          const codestream = compressWithOpenJpeg(samples, shape, [...options, "-n", "1"]);
          expect(checksum(decode(codestream, shape)), `${JSON.stringify(shape)} ${content}`).toBe(
            checksum(samples),
          );
        }
      }
    }
  });

  it.each([
    ["tiles", ["-t", "50,30", "-n", "3"]],
    ["tiles, not from the origin", ["-t", "50,30", "-n", "3", "-d", "7,9", "-T", "3,2"]],
    ["layers", ["-r", "20,5,1"]],
    ["the order of positions", ["-p", "PCRL", "-n", "3"]],
    ["the order of components", ["-p", "CPRL", "-n", "3"]],
    ["tile-parts", ["-TP", "R", "-n", "4"]],
    ["small code blocks and markers within packets", ["-b", "16,16", "-SOP", "-EPH"]],
    ["precincts", ["-c", "[64,64],[32,32]", "-n", "3"]],
    ["every switch of the coding passes", ["-M", "63"]],
  ])("with %s", async (_, options) => {
    const decode = await decoders.forTransferSyntax("1.2.840.10008.1.2.4.90");
    for (const samplesPerPixel of [1, 3]) {
      const shape = frameShape({ columns: 167, rows: 129, bitsStored: 12, samplesPerPixel });
      const samples = fill(shape, "noise");
      expect(checksum(decode(compressWithOpenJpeg(samples, shape, options), shape))).toBe(checksum(samples));
    }
  });

  it("in a JP2 file", async () => {
    const decode = await decoders.forTransferSyntax("1.2.840.10008.1.2.4.90");
    const shape = frameShape({ columns: 67, rows: 129, bitsStored: 8, samplesPerPixel: 3 });
    const samples = fill(shape, "noise");
    expect(checksum(decode(compressWithOpenJpeg(samples, shape, [], "jp2"), shape))).toBe(checksum(samples));
  });
});
