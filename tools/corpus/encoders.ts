import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ImageShape, integerBytes, planesOf } from "./image.ts";

/** Programs of others that encode, and the Debian packages that have them. */
export const PACKAGES = {
  dcmcjpeg: "dcmtk",
  dcmcjpls: "dcmtk",
  dcmcrle: "dcmtk",
  dcmconv: "dcmtk",
  gdcmconv: "libgdcm-tools",
  opj_compress: "libopenjp2-tools",
  ojph_compress: "openjph-tools",
} as const;
export type Tool = keyof typeof PACKAGES;

const answers = new Map<Tool, boolean>();

export function isInstalled(tool: Tool): boolean {
  const isThere = answers.get(tool) ?? spawnSync(tool, ["--version"]).error === undefined;
  answers.set(tool, isThere);
  return isThere;
}

/** Has dcmtk or gdcm make another DICOM file of one. */
export function convert(tool: Tool, args: readonly string[], file: Uint8Array): Uint8Array {
  return inFolder((folder) => {
    writeFileSync(join(folder, "in.dcm"), file);
    execFileSync(tool, [...args, "in.dcm", "out.dcm"], { cwd: folder, stdio: "pipe" });
    return new Uint8Array(readFileSync(join(folder, "out.dcm")));
  });
}

/** A codestream of OpenJPEG's; its raw input is component after component, little endian. */
export function encodeWithOpenJpeg(
  frame: Int32Array,
  shape: ImageShape,
  args: readonly string[],
  extension = "j2k",
): Uint8Array {
  const { columns, rows, samplesPerPixel, bitsStored, isSigned } = shape;
  const format = [columns, rows, samplesPerPixel, bitsStored, isSigned ? "s" : "u"].join(",");
  return inFolder((folder) => {
    writeFileSync(join(folder, "in.rawl"), planarBytes(frame, shape));
    const output = `out.${extension}`;
    execFileSync("opj_compress", ["-i", "in.rawl", "-o", output, "-F", format, ...args], {
      cwd: folder,
      stdio: "pipe",
    });
    return new Uint8Array(readFileSync(join(folder, output)));
  });
}

/** OpenJPH 0.9 takes raw samples for unsigned ones, whatever `-signed` says: raised by half their range they are. */
export function encodeSignedWithOpenJph(
  frame: Int32Array,
  shape: ImageShape,
  args: readonly string[],
): Uint8Array {
  const half = 2 ** (shape.bitsStored - 1);
  const raised = frame.map((value) => value + half);
  const codestream = encodeWithOpenJph(raised, { ...shape, isSigned: false }, args, "yuv");
  // Encoders lower unsigned samples by as much (ISO/IEC 15444-1 G.1): what is coded is the same.
  for (let component = 0; component < shape.samplesPerPixel; component += 1) {
    const ssiz = FIRST_SSIZ + 3 * component;
    codestream[ssiz] = (codestream[ssiz] ?? 0) | 0x80;
  }
  return codestream;
}

/** SOC, then SIZ with its marker, up to the sign and depth of the first component (A.5.1). */
const FIRST_SSIZ = 42;

/**
 * A codestream of OpenJPH's. It makes a colour transform only of PPM and takes
 * planes without one only as raw video.
 */
export function encodeWithOpenJph(
  frame: Int32Array,
  shape: ImageShape,
  args: readonly string[],
  input: "ppm" | "yuv",
): Uint8Array {
  const bytes = input === "ppm" ? ppmBytes(frame, shape) : planarBytes(frame, shape);
  const format = input === "ppm" ? [] : rawFormat(shape);
  return inFolder((folder) => {
    writeFileSync(join(folder, `in.${input}`), bytes);
    execFileSync("ojph_compress", ["-i", `in.${input}`, "-o", "out.j2c", ...format, ...args], {
      cwd: folder,
      stdio: "pipe",
    });
    return new Uint8Array(readFileSync(join(folder, "out.j2c")));
  });
}

function rawFormat({ columns, rows, samplesPerPixel, bitsStored, isSigned }: ImageShape): string[] {
  const each = (value: string | number): string => Array(samplesPerPixel).fill(value).join(",");
  return [
    "-dims",
    `{${columns},${rows}}`,
    "-num_comps",
    String(samplesPerPixel),
    "-signed",
    each(String(isSigned)),
    "-bit_depth",
    each(bitsStored),
    "-downsamp",
    each("{1,1}"),
  ];
}

/** Netpbm's colours, interleaved by pixel, big endian. */
function ppmBytes(frame: Int32Array, { columns, rows, bitsStored }: ImageShape): Uint8Array {
  const samples = Buffer.from(integerBytes(frame, bitsStored <= 8 ? 1 : 2));
  const bigEndian = bitsStored <= 8 ? samples : samples.swap16();
  return Buffer.concat([Buffer.from(`P6\n${columns} ${rows}\n${2 ** bitsStored - 1}\n`), bigEndian]);
}

const planarBytes = (frame: Int32Array, { samplesPerPixel, bitsStored }: ImageShape): Uint8Array =>
  integerBytes(
    planesOf(frame, samplesPerPixel).flatMap((plane) => [...plane]),
    bitsStored <= 8 ? 1 : 2,
  );

function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "corpus-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
