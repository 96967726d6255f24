import { type CorpusFile, type Encapsulation, wrappedFile } from "../corpus-file.ts";
import { encodeSignedWithOpenJph, encodeWithOpenJpeg, encodeWithOpenJph } from "../encoders.ts";
import { shapeOf } from "../image.ts";
import { drawPhantom } from "../phantom.ts";

type Shape = Parameters<typeof shapeOf>;

interface Row {
  readonly path: string;
  /** The transfer syntax after the prefix 1.2.840.10008.1.2. */
  readonly syntax: string;
  readonly shape: Shape;
  readonly frames?: number;
  /** The options of the program. */
  readonly args: string;
  /** opj_compress: of its output. ojph_compress: of its input. */
  readonly format?: "j2k" | "jp2" | "ppm" | "yuv";
  readonly options?: Partial<Encapsulation>;
}

/** Codestreams of JPEG 2000 and HTJ2K in files of ours, in every way that frames lie in fragments. */
export const jpeg2000Files = (): CorpusFile[] => [
  ...[...LOSSLESS, ...LOSSY].map((row) => fileOf(row, "opj_compress")),
  ...[...HTJ2K, ...FRAGMENTS].map((row) => fileOf(row, "ojph_compress")),
];

function fileOf(row: Row, tool: "opj_compress" | "ojph_compress"): CorpusFile {
  const image = drawPhantom(shapeOf(...row.shape), row.path, row.frames);
  const args = row.args === "" ? [] : row.args.split(" ");
  const encode = (frame: Int32Array): Uint8Array => {
    if (tool === "opj_compress") {
      return encodeWithOpenJpeg(frame, image, args, row.format === "jp2" ? "jp2" : "j2k");
    }
    if (image.isSigned) return encodeSignedWithOpenJph(frame, image, args);
    return encodeWithOpenJph(frame, image, args, row.format === "ppm" ? "ppm" : "yuv");
  };
  const transferSyntaxUID = `1.2.840.10008.1.2.${row.syntax}`;
  const by = `${[tool, ...args].join(" ")}, in a file of this script's`;
  return wrappedFile(row.path, image, encode, { ...row.options, transferSyntaxUID, tool, by });
}

const RCT = { photometricInterpretation: "YBR_RCT" };
const ICT = { photometricInterpretation: "YBR_ICT" };
const SIGNED = { isSigned: true };
const lossy = { isLossy: true };

const j2k = (name: string, syntax: string, shape: Shape, args: string, more: Partial<Row> = {}): Row => ({
  path: `j2k/${name}.dcm`,
  syntax,
  shape,
  args,
  ...more,
});

const LOSSLESS: readonly Row[] = [
  j2k("mono2-8bit-lrcp-odd", "4.90", ["61x47", 1, 8], "-p LRCP -n 4"),
  j2k("mono2-8bit-signed", "4.90", ["25x23", 1, 8, SIGNED], "-n 3"),
  j2k("mono2-8bit-no-decomposition", "4.90", ["24x22", 1, 8], "-n 1"),
  j2k("mono2-10bit-rlcp", "4.90", ["33x31", 1, 10], "-p RLCP -n 3"),
  j2k("mono2-12bit-signed-tiles", "4.90", ["61x47", 1, 12, SIGNED], "-p RPCL -t 32,32 -n 3 -TP R -TLM"),
  j2k(
    "mono2-16bit-precincts",
    "4.90",
    ["40x38", 1, 16],
    "-p PCRL -c [16,16],[8,8] -n 3 -b 16,16 -SOP -EPH -PLT",
  ),
  j2k("mono2-16bit-signed", "4.90", ["31x29", 1, 16, SIGNED], "-n 4"),
  j2k("mono2-12bit-modes", "4.90", ["32x30", 1, 12], "-M 63 -n 3"),
  j2k("mono2-image-offset", "4.90", ["32x30", 1, 12], "-d 5,3 -n 3"),
  j2k("mono2-three-layers", "4.90", ["44x36", 1, 12], "-r 20,5,1 -n 4"),
  j2k("palette", "4.90", ["26x24", 1, 8, { photometricInterpretation: "PALETTE COLOR" }], "-n 3"),
  j2k("rct-cprl-odd", "4.90", ["37x33", 3, 8, RCT], "-p CPRL -mct 1 -n 3"),
  j2k("rct-200x256", "4.90", ["200x256", 3, 8, RCT], "-mct 1 -n 5"),
  j2k("rct-16bit", "4.90", ["22x20", 3, 16, RCT], "-mct 1 -n 3"),
  j2k("rgb-no-transform", "4.90", ["27x25", 3, 8], "-mct 0 -n 3"),
  j2k("rgb-no-transform-16bit-tiles", "4.90", ["27x25", 3, 16], "-mct 0 -n 2 -t 16,16"),
  j2k("ybr-full", "4.90", ["27x25", 3, 8, { photometricInterpretation: "YBR_FULL" }], "-mct 0 -n 3"),
  j2k("rct-jp2-boxes", "4.90", ["27x25", 3, 8, RCT], "-mct 1 -n 3", { format: "jp2" }),
  j2k("rct-reversible-in-91", "4.91", ["24x22", 3, 8, RCT], "-mct 1 -n 3"),
];

const LOSSY: readonly Row[] = [
  j2k("mono2-8bit-97", "4.91", ["48x40", 1, 8], "-I -r 8 -n 4", { options: lossy }),
  j2k("mono2-12bit-signed-97", "4.91", ["47x41", 1, 12, SIGNED], "-I -r 6 -n 4", { options: lossy }),
  j2k("mono2-12bit-53-cut", "4.91", ["48x40", 1, 12], "-r 8 -n 4", { options: lossy }),
  j2k("ict-97-odd", "4.91", ["45x39", 3, 8, ICT], "-I -mct 1 -r 10 -n 4", { options: lossy }),
];

const ht = (name: string, syntax: string, shape: Shape, args: string, more: Partial<Row> = {}): Row => ({
  path: `htj2k/${name}.dcm`,
  syntax: `4.${syntax}`,
  shape,
  args,
  ...more,
});

const REVERSIBLE = "-reversible true -num_decomps 3";
const HTJ2K: readonly Row[] = [
  ht("mono2-8bit-201-lrcp-odd", "201", ["41x35", 1, 8], `${REVERSIBLE} -prog_order LRCP`),
  ht("mono2-8bit-signed-201", "201", ["25x23", 1, 8, SIGNED], REVERSIBLE),
  ht("mono2-10bit-201-tiles", "201", ["48x40", 1, 10], `${REVERSIBLE} -tile_size {32,32}`),
  ht("mono2-12bit-signed-202", "202", ["33x31", 1, 12, SIGNED], `${REVERSIBLE} -prog_order RPCL`),
  ht("mono2-16bit-202", "202", ["35x33", 1, 16], `${REVERSIBLE} -prog_order RPCL -block_size {32,32}`),
  ht("mono2-16bit-signed-202", "202", ["35x33", 1, 16, SIGNED], `${REVERSIBLE} -prog_order RPCL`),
  ht("mono2-12bit-202-5frames", "202", ["24x20", 1, 12], `${REVERSIBLE} -prog_order RPCL`, { frames: 5 }),
  ht("mono2-12bit-201-224x208", "201", ["224x208", 1, 12], `${REVERSIBLE} -prog_order PCRL`),
  ht("rct-202-odd", "202", ["37x29", 3, 8, RCT], `${REVERSIBLE} -colour_trans true`, { format: "ppm" }),
  ht("rgb-no-transform-201", "201", ["27x25", 3, 8], `${REVERSIBLE} -prog_order CPRL`),
  ht("rct-16bit-201", "201", ["22x20", 3, 16, RCT], `${REVERSIBLE} -colour_trans true`, { format: "ppm" }),
  ht("mono2-12bit-reversible-203", "203", ["30x28", 1, 12], REVERSIBLE),
  ht("mono2-12bit-97-203", "203", ["40x36", 1, 12], "-qstep 0.002 -num_decomps 3", { options: lossy }),
  ht("ict-97-203", "203", ["40x36", 3, 8, ICT], "-qstep 0.01 -num_decomps 3 -colour_trans true", {
    format: "ppm",
    options: lossy,
  }),
];

/** The same kind of frame, however it lies in items (PS3.5 A.4, PS3.3 C.7.6.3.1.8). */
const FRAGMENTS: readonly Row[] = (
  [
    ["one-frame-many-fragments", 1, { fragmentLength: 64 }],
    ["three-frames-many-fragments", 3, { fragmentLength: 64, offsets: "filled" }],
    ["three-frames-many-fragments-no-offsets", 3, { fragmentLength: 64 }],
    ["three-frames-basic-offsets", 3, { offsets: "filled" }],
    ["three-frames-extended-offsets", 3, { offsets: "extended" }],
    ["one-frame-basic-offsets", 1, { offsets: "filled" }],
    ["two-frames-no-delimiter", 2, { hasDelimiter: false, misreadBy: ["pydicom"] }],
  ] as const
).map(([name, frames, options]) => ({
  path: `fragments/${name}.dcm`,
  syntax: "4.202",
  shape: ["22x18", 1, 12],
  frames,
  args: REVERSIBLE,
  options,
}));
