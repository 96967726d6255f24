import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** What independent decoders say of a frame; see `test/corpus/README.md`. */
export interface GoldenFrame {
  readonly bytes: number;
  readonly crc32: number;
  /** Of BitsStored bits below HighBit, extended: where that gives other bytes. */
  readonly crc32Normalized?: number;
  /** Of samples as wide as a decoder of the stored codestream gives them: where that is not BitsAllocated. */
  readonly crc32Decoded?: number;
  readonly min: number;
  readonly max: number;
  /** Of a lossy frame, in place of the above: by colour space, what each decoder makes of it. */
  readonly lossy?: Readonly<Record<string, { readonly checksums: Readonly<Record<string, number>> }>>;
}

/** The checksums that a frame may have, its samples as wide as BitsAllocated: one, or where it is lossy those of independent decoders. */
export function goldenChecksums({ crc32, crc32Normalized, lossy }: GoldenFrame): readonly number[] {
  if (lossy === undefined) return [crc32Normalized ?? crc32];
  return Object.entries(lossy)
    .filter(([colours]) => colours !== "RGB" || !("CODED" in lossy))
    .flatMap(([, { checksums }]) => Object.values(checksums));
}

/** The checksums that a frame may have in the metadata, and as others decode what is stored. */
export const decodedChecksums = (frame: GoldenFrame): readonly number[] =>
  frame.crc32Decoded === undefined ? goldenChecksums(frame) : [frame.crc32Decoded];

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
  /** Programs that are known to read something else than what the file says. */
  readonly misreadBy?: readonly string[];
  /** `message`: a regular expression that a failure's message matches. */
  readonly expect: {
    readonly seed: "success" | "fail" | "either";
    readonly kind?: string;
    readonly message?: string;
  };
}

/** DICOM files with golden checksums. */
export interface Corpus {
  readonly name: string;
  readonly folder: string;
  readonly files: readonly GoldenFile[];
}

const openCorpus = (name: string, folder: string): Corpus => ({
  name,
  folder,
  files: (JSON.parse(readFileSync(join(folder, "golden.json"), "utf8")) as { files: GoldenFile[] }).files,
});

/** Small files of our own making, which every clone has; what tests run on first. */
export const ownCorpus: Corpus = openCorpus("our own corpus", import.meta.dirname);

/**
 * Real files beside the project or where HEALTHIMAGING_LOCAL_TEST_CORPUS says: none, said aloud, where
 * they are not there. Throws where that variable names none.
 */
export function openRealCorpora(): readonly Corpus[] {
  const named = process.env["HEALTHIMAGING_LOCAL_TEST_CORPUS"];
  const folder = resolve(named ?? join(import.meta.dirname, "../../../shared/dicom"));
  if (existsSync(join(folder, "golden.json"))) return [openCorpus("the real DICOM files", folder)];
  const message = `no DICOM corpus at ${folder}: set HEALTHIMAGING_LOCAL_TEST_CORPUS to a folder with golden.json`;
  if (named !== undefined) throw new Error(message);
  process.stderr.write(`SKIPPED: tests on real DICOM files, ${message}\n`);
  return [];
}

export const pathIn = ({ folder }: Corpus, { path }: Pick<GoldenFile, "path">): string => join(folder, path);

export const readFrom = (corpus: Corpus, file: Pick<GoldenFile, "path">): Uint8Array =>
  new Uint8Array(readFileSync(pathIn(corpus, file)));

export const IMPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2";
export const EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1";
