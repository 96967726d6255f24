import {
  type Corpus,
  EXPLICIT_VR_LITTLE_ENDIAN,
  type GoldenFile,
  IMPLICIT_VR_LITTLE_ENDIAN,
} from "../../corpus/corpus.ts";

/** What golden.json says beyond what the tests of pixels ask. */
export interface GoldenMetadata extends GoldenFile {
  readonly sopClassUID: string | null;
  readonly patientName: string | null;
  readonly patientNameDcmtkUtf8?: string;
  readonly highBit: number | null;
  readonly planarConfiguration: number | null;
  readonly numberOfFrames: number | null;
  /** At the top level, private group lengths included. */
  readonly privateElements: number;
  /** Absent of real files, where a parser has to count them. */
  readonly privateGroupLengths?: number;
  /** The file's own bytes are those of `crc32`, but for `nativeCrc32` where the golden one differs. */
  readonly frames: readonly (GoldenFile["frames"][number] & { readonly nativeCrc32?: number })[];
}

export const goldenFilesOf = ({ files }: Corpus): readonly GoldenMetadata[] =>
  files as readonly GoldenMetadata[];

const NATIVE = new Set([
  IMPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  "1.2.840.10008.1.2.2",
  "1.2.840.10008.1.2.1.99",
]);

const isBroken = ({ path }: GoldenMetadata): boolean => path.startsWith("broken/");

export const brokenFilesOf = (corpus: Corpus): readonly GoldenMetadata[] =>
  goldenFilesOf(corpus).filter(isBroken);

export const soundFilesOf = (corpus: Corpus): readonly GoldenMetadata[] =>
  goldenFilesOf(corpus).filter((file) => !isBroken(file));

/** Sound and uncompressed, in every byte order, deflated or not. */
export const nativeFilesOf = (corpus: Corpus): readonly GoldenMetadata[] =>
  soundFilesOf(corpus).filter((file) => NATIVE.has(file.transferSyntaxUID ?? ""));
