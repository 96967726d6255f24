import { convertedFile, type CorpusFile } from "../corpus-file.ts";
import type { Tool } from "../encoders.ts";
import { type Image, shapeOf } from "../image.ts";
import { drawPhantom } from "../phantom.ts";

/** `becomes`: what the program changes in the attributes of the image. */
type Row = readonly [
  name: string,
  shape: Parameters<typeof shapeOf>,
  frames: number,
  command: string,
  becomes?: Partial<Image>,
];

interface Folder {
  readonly folder: string;
  readonly transferSyntaxUID: string;
  readonly isLossy: boolean;
  readonly rows: readonly Row[];
}

/** Images in JPEG, JPEG-LS and RLE, and in JPEG 2000 where gdcm makes files of it. */
export const jpegFiles = (): CorpusFile[] =>
  [BASELINE, EXTENDED, PROCESS_14, FIRST_ORDER, JPEG_LS, NEAR_LOSSLESS, RLE, JPEG_2000].flatMap(filesOf);

const filesOf = ({ folder, transferSyntaxUID, isLossy, rows }: Folder): CorpusFile[] =>
  rows.map(([name, shape, frames, command, becomes = {}]) => {
    const path = `${folder}/${name}.dcm`;
    const [tool = "", ...args] = command.split(" ");
    const image = drawPhantom(shapeOf(...shape), path, frames);
    return convertedFile(path, image, {
      tool: tool as Tool,
      args,
      transferSyntaxUID,
      shape: becomes,
      isLossy,
    });
  });

const YBR: Partial<Image> = { photometricInterpretation: "YBR_FULL" };
const YBR_422: Partial<Image> = { photometricInterpretation: "YBR_FULL_422" };
const INTERLEAVED: Partial<Image> = { planarConfiguration: 0 };
const PLANAR: Partial<Image> = { planarConfiguration: 1 };
const SIGNED = { isSigned: true };
const PALETTE = { photometricInterpretation: "PALETTE COLOR" };

const BASELINE: Folder = {
  folder: "jpeg-baseline",
  transferSyntaxUID: "1.2.840.10008.1.2.4.50",
  isLossy: true,
  rows: [
    ["mono2-odd", ["35x27", 1, 8], 1, "dcmcjpeg +eb +un"],
    ["mono1-3frames", ["24x24", 1, 8, { photometricInterpretation: "MONOCHROME1" }], 3, "dcmcjpeg +eb +un"],
    ["mono2-quality-50", ["40x32", 1, 8], 1, "dcmcjpeg +eb +un +q 50"],
    ["ybr-422-odd", ["33x29", 3, 8], 1, "dcmcjpeg +eb +un +s2", YBR_422],
    ["ybr-422-4frames", ["32x24", 3, 8], 4, "dcmcjpeg +eb +un +s2", YBR_422],
    ["ybr-444-odd", ["33x29", 3, 8], 1, "dcmcjpeg +eb +un +s4", YBR],
    ["ybr-full-sampled-422", ["30x22", 3, 8], 1, "dcmcjpeg +eb +un +n2", YBR],
    ["ybr-full-sampled-411", ["37x31", 3, 8], 1, "dcmcjpeg +eb +un +n1", YBR],
    ["rgb", ["26x20", 3, 8], 1, "dcmcjpeg +eb +un +cr"],
    ["ybr-422-fragments-of-1k", ["96x80", 3, 8], 2, "dcmcjpeg +eb +un +s2 +q 98 +fs 1", YBR_422],
  ],
};

const EXTENDED: Folder = {
  folder: "jpeg-extended",
  transferSyntaxUID: "1.2.840.10008.1.2.4.51",
  isLossy: true,
  rows: [
    ["mono2-12bit", ["45x35", 1, 12], 1, "dcmcjpeg +ee +un +bt"],
    ["mono2-12bit-3frames", ["24x18", 1, 12], 3, "dcmcjpeg +ee +un +bt +q 70"],
    ["mono2-8bit", ["29x31", 1, 8], 1, "dcmcjpeg +ee +un +be"],
    ["ybr-422-8bit", ["34x26", 3, 8], 1, "dcmcjpeg +ee +un +be +s2", YBR_422],
  ],
};

const PROCESS_14: Folder = {
  folder: "jpeg-lossless",
  transferSyntaxUID: "1.2.840.10008.1.2.4.57",
  isLossy: false,
  rows: [
    ["mono2-8bit-predictor1", ["31x25", 1, 8], 1, "dcmcjpeg +el +sv 1"],
    ["mono2-12bit-predictor2", ["29x27", 1, 12], 1, "dcmcjpeg +el +sv 2"],
    ["mono2-12bit-signed-predictor3", ["29x27", 1, 12, SIGNED], 1, "dcmcjpeg +el +sv 3"],
    ["rgb-predictor4", ["21x19", 3, 8], 1, "dcmcjpeg +el +sv 4"],
    ["mono2-16bit-predictor5", ["23x23", 1, 16], 1, "dcmcjpeg +el +sv 5"],
    ["mono2-16bit-signed-predictor6", ["23x23", 1, 16, SIGNED], 1, "dcmcjpeg +el +sv 6"],
    ["mono2-12bit-predictor7-3frames", ["20x24", 1, 12], 3, "dcmcjpeg +el +sv 7"],
    ["palette-predictor6", ["22x20", 1, 8, PALETTE], 1, "dcmcjpeg +el +sv 6"],
  ],
};

const FIRST_ORDER: Folder = {
  folder: "jpeg-lossless-sv1",
  transferSyntaxUID: "1.2.840.10008.1.2.4.70",
  isLossy: false,
  rows: [
    ["mono2-8bit-odd", ["33x21", 1, 8], 1, "dcmcjpeg +e1"],
    ["mono2-10bit", ["26x24", 1, 10], 1, "dcmcjpeg +e1"],
    ["mono2-12bit-signed-gdcm", ["27x29", 1, 12, SIGNED], 1, "gdcmconv --jpeg"],
    ["mono2-16bit", ["25x23", 1, 16], 1, "dcmcjpeg +e1"],
    ["mono2-16bit-signed", ["25x23", 1, 16, SIGNED], 1, "dcmcjpeg +e1"],
    ["mono2-8bit-1x1", ["1x1", 1, 8], 1, "dcmcjpeg +e1"],
    ["rgb-odd", ["19x17", 3, 8], 1, "dcmcjpeg +e1"],
    ["rgb-planar1", ["19x17", 3, 8, PLANAR], 1, "dcmcjpeg +e1", INTERLEAVED],
    ["rgb-16bit-gdcm", ["18x16", 3, 16], 1, "gdcmconv --jpeg"],
    ["mono2-16bit-fragments-of-1k", ["48x40", 1, 16], 3, "dcmcjpeg +e1 +fs 1"],
    ["mono2-16bit-fragments-no-offsets", ["48x40", 1, 16], 3, "dcmcjpeg +e1 +fs 1 -ot"],
    ["mono2-8bit-4frames-gdcm", ["16x16", 1, 8], 4, "gdcmconv --jpeg"],
  ],
};

const JPEG_LS: Folder = {
  folder: "jpeg-ls",
  transferSyntaxUID: "1.2.840.10008.1.2.4.80",
  isLossy: false,
  rows: [
    ["mono2-8bit-odd", ["31x23", 1, 8], 1, "dcmcjpls +el"],
    ["mono2-10bit", ["28x26", 1, 10], 1, "dcmcjpls +el"],
    ["mono2-12bit-signed", ["28x26", 1, 12, SIGNED], 1, "dcmcjpls +el"],
    ["mono2-16bit", ["28x26", 1, 16], 1, "dcmcjpls +el"],
    ["mono2-16bit-signed-gdcm", ["29x25", 1, 16, SIGNED], 1, "gdcmconv --jpegls"],
    ["mono2-12bit-4frames", ["24x16", 1, 12], 4, "dcmcjpls +el"],
    ["rgb-line-odd", ["25x21", 3, 8], 1, "dcmcjpls +el +il"],
    ["rgb-sample", ["25x21", 3, 8], 1, "dcmcjpls +el +is"],
    ["rgb-none", ["25x21", 3, 8], 1, "dcmcjpls +el +in"],
    ["palette-gdcm", ["23x19", 1, 8, PALETTE], 1, "gdcmconv --jpegls"],
    ["mono2-own-thresholds", ["30x24", 1, 8], 1, "dcmcjpls +el +pc +t1 4 +t2 9 +t3 30 +rs 32"],
  ],
};

const NEAR_LOSSLESS: Folder = {
  folder: "jpeg-ls-near",
  transferSyntaxUID: "1.2.840.10008.1.2.4.81",
  isLossy: true,
  rows: [
    ["mono2-8bit", ["31x23", 1, 8], 1, "dcmcjpls +en +md 2 +un"],
    ["mono2-12bit", ["30x22", 1, 12], 2, "dcmcjpls +en +md 5 +un"],
    ["rgb-sample", ["22x20", 3, 8], 1, "dcmcjpls +en +md 3 +is +un"],
    ["mono2-16bit", ["24x22", 1, 16], 1, "dcmcjpls +en +md 4 +un"],
  ],
};

const RLE: Folder = {
  folder: "rle",
  transferSyntaxUID: "1.2.840.10008.1.2.5",
  isLossy: false,
  rows: [
    ["mono2-8bit-odd", ["31x23", 1, 8], 1, "dcmcrle"],
    ["mono2-12bit-signed", ["28x24", 1, 12, SIGNED], 1, "dcmcrle"],
    ["mono2-16bit-3frames", ["20x20", 1, 16], 3, "dcmcrle"],
    ["mono2-16bit-signed-gdcm", ["21x19", 1, 16, SIGNED], 1, "gdcmconv --rle"],
    ["rgb-odd", ["25x21", 3, 8], 1, "dcmcrle"],
    ["rgb-planar1-2frames", ["24x18", 3, 8, PLANAR], 2, "dcmcrle"],
    ["rgb-16bit", ["18x16", 3, 16], 1, "dcmcrle"],
    ["rgb-gdcm", ["24x16", 3, 8, PLANAR], 1, "gdcmconv --rle"],
    ["ybr-full", ["20x18", 3, 8, YBR], 1, "dcmcrle"],
    ["palette", ["22x20", 1, 8, PALETTE], 1, "dcmcrle"],
    ["mono2-8bit-128-alike", ["128x8", 1, 1, { bitsAllocated: 8 }], 1, "dcmcrle"],
  ],
};

const JPEG_2000: Folder = {
  folder: "j2k",
  transferSyntaxUID: "1.2.840.10008.1.2.4.90",
  isLossy: false,
  rows: [
    ["mono2-12bit-gdcm", ["33x29", 1, 12], 1, "gdcmconv --j2k -n 3"],
    ["mono2-16bit-3frames-gdcm", ["27x25", 1, 16], 3, "gdcmconv --j2k -n 3"],
    ["rgb-gdcm", ["26x22", 3, 8], 1, "gdcmconv --j2k -n 3"],
  ],
};
