import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** What independent decoders say of a frame; see the `layout` text of golden.json. */
export interface GoldenFrame {
  readonly bytes: number;
  readonly crc32: number;
  /** Of BitsStored bits below HighBit, extended: where that gives other bytes. */
  readonly crc32Normalized?: number;
  readonly min: number;
  readonly max: number;
  /** Of a lossy frame, in place of the above: by colour space, what each decoder makes of it. */
  readonly lossy?: Readonly<Record<string, { readonly checksums: Readonly<Record<string, number>> }>>;
}

/** The checksums that a frame may have: one, or where it is lossy those of independent decoders. */
export function goldenChecksums({ crc32, crc32Normalized, lossy }: GoldenFrame): readonly number[] {
  if (lossy === undefined) return [crc32Normalized ?? crc32];
  return Object.entries(lossy)
    .filter(([colours]) => colours !== "RGB" || !("CODED" in lossy))
    .flatMap(([, { checksums }]) => Object.values(checksums));
}

export interface GoldenFile {
  readonly path: string;
  readonly transferSyntaxUID: string | null;
  readonly studyInstanceUID: string | null;
  readonly seriesInstanceUID: string | null;
  readonly sopInstanceUID: string | null;
  readonly patientId: string | null;
  readonly rows: number | null;
  readonly columns: number | null;
  readonly samplesPerPixel: number | null;
  readonly photometricInterpretation: string | null;
  readonly bitsAllocated: number | null;
  readonly bitsStored: number | null;
  readonly pixelRepresentation: number | null;
  readonly pixelKeyword: string | null;
  readonly frames: readonly GoldenFrame[];
  readonly valid: boolean;
  readonly expect: { readonly seed: "success" | "fail" | "either"; readonly kind?: string };
}

const folder = resolve(
  process.env["HEALTHIMAGING_LOCAL_TEST_CORPUS"] ?? join(import.meta.dirname, "../../shared/dicom"),
);

/** The real DICOM files with golden checksums; undefined, said aloud, where they are not there. */
export const corpus = openCorpus();

function openCorpus(): { folder: string; files: readonly GoldenFile[] } | undefined {
  const golden = join(folder, "golden.json");
  if (existsSync(golden)) {
    return { folder, files: (JSON.parse(readFileSync(golden, "utf8")) as { files: GoldenFile[] }).files };
  }
  const message = `no DICOM corpus at ${folder}: set HEALTHIMAGING_LOCAL_TEST_CORPUS to a folder with golden.json`;
  if (process.env["HEALTHIMAGING_LOCAL_TEST_CORPUS"] !== undefined) throw new Error(message);
  process.stderr.write(`SKIPPED: tests on real DICOM files, ${message}\n`);
  return undefined;
}

export const IMPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2";
export const EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1";
