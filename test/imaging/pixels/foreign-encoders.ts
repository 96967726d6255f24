import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pixelDataOf } from "../../../src/imaging/dicom/frames/frames.ts";
import { parsePart10 } from "../../../src/imaging/dicom/part10/part10.ts";
import type { TransferSyntaxUid } from "../../../src/api/transfer-syntaxes.ts";
import type { FrameShape } from "../../../src/imaging/pixels/frame-shape.ts";
import { sampleBytes, type Samples } from "../../../src/imaging/pixels/samples.ts";
import { dicomFile, imageElements, instanceElements } from "../dicom/write-dicom.ts";

/** Frames of one image as another's program has written them. */
export interface ForeignImage {
  readonly file: Uint8Array;
  readonly transferSyntaxUID: TransferSyntaxUid;
  readonly shape: FrameShape;
  readonly frames: readonly Uint8Array[];
}

/** Has one of dcmtk's programs, which take a DICOM file and write another, work on an image. */
export function runDcmtk(program: string, options: readonly string[], file: Uint8Array): ForeignImage {
  const output = inFolder((folder) => {
    writeFileSync(join(folder, "in.dcm"), file);
    execFileSync(program, [...options, "in.dcm", "out.dcm"], { cwd: folder, stdio: "pipe" });
    return new Uint8Array(readFileSync(join(folder, "out.dcm")));
  });
  const part10 = parsePart10(output);
  const pixelData = pixelDataOf(part10);
  if (pixelData === undefined) throw new Error(`${program} wrote no pixel data`);
  return { ...pixelData, file: output, transferSyntaxUID: part10.transferSyntaxUid };
}

/** An uncompressed image, its frames one after the other. */
export function nativeFile(shape: FrameShape, frames: readonly Samples[]): Uint8Array {
  const pixelData = Buffer.concat(frames.map(sampleBytes));
  return dicomFile(
    instanceElements(...imageElements({ ...shape, numberOfFrames: frames.length, pixelData })),
  );
}

/** A codestream of OpenJPEG's making. The raw input it reads is component after component. */
export function compressWithOpenJpeg(
  samples: Samples,
  shape: FrameShape,
  options: readonly string[],
  extension = "j2k",
): Uint8Array {
  const { columns, rows, samplesPerPixel, bitsStored, isSigned } = shape;
  return inFolder((folder) => {
    writeFileSync(join(folder, "in.rawl"), planes(samples, samplesPerPixel, bitsStored));
    const format = [columns, rows, samplesPerPixel, bitsStored, isSigned ? "s" : "u"].join(",");
    const args = ["-i", "in.rawl", "-o", `out.${extension}`, "-F", format, ...options];
    execFileSync("opj_compress", args, { cwd: folder, stdio: "pipe" });
    return new Uint8Array(readFileSync(join(folder, `out.${extension}`)));
  });
}

function planes(samples: Samples, count: number, bits: number): Uint8Array {
  const planar = samples.slice();
  const length = samples.length / count;
  for (let i = 0; i < samples.length; i++) {
    planar[(i % count) * length + Math.floor(i / count)] = samples[i] ?? 0;
  }
  return bits <= 8 ? Uint8Array.from(planar) : sampleBytes(planar);
}

function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "pixels-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
