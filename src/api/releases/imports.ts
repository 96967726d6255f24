import { GUIDE_VALUE_LIMITS, LOOSE_VALUE_LIMITS, type ValueLimits } from "../limits/value-limits.ts";
import { HTJ2K_LOSSLESS_RPCL } from "../transfer-syntaxes.ts";
import { behaviour } from "./behaviour.ts";
import { guide, TESTS } from "./sources.ts";

/** What an image set is told by, in reports, besides its id. */
export interface ReportForm {
  readonly imageSetMembers: readonly ("imageSetVersion" | "isPrimary")[];
  readonly hasWarnings: boolean;
}

export interface StoredFrames {
  readonly hasFullLevelOnly: boolean;
  /** Of an instance with frames. */
  readonly instanceMembers: { readonly StoredTransferSyntaxUID?: string; readonly ChecksumType?: string };
}

/** Differences of import jobs. */
export const IMPORTS = {
  imageSetGrouping: behaviour({
    topic: "Instances of one image set",
    launched: "2025-01-27",
    source: guide("understanding-image-sets"),
    releases: {
      "2024-05": {
        does: "Agree in every element of patient, study and series.",
        value: { isByCommonElements: false },
      },
      "2026-06": {
        does: "Agree in StudyDate, AccessionNumber, PatientID, StudyInstanceUID, StudyID, SeriesInstanceUID and SeriesNumber.",
        value: { isByCommonElements: true },
      },
    },
    test: { file: TESTS.imports, title: "instances are grouped by the elements of the release" },
  }),
  importMerges: behaviour({
    topic: "Import of a series that the data store has",
    launched: "2025-05-22",
    source: guide("understanding-import-jobs"),
    releases: {
      "2024-05": { does: "Makes new image sets.", value: false },
      "2026-06": {
        does: "A series has one primary image set. Later instances are merged into it, as a new version, unless the grouping elements differ: then they become an image set that is not primary.",
        value: true,
      },
    },
    test: { file: TESTS.merges, title: "two halves of a series are imported as the release does" },
  }),
  valueLimits: behaviour<ValueLimits>({
    topic: "Lengths and UIDs of imported and updated elements",
    launched: "2024-06-28",
    source: guide("dicom-element-constraints"),
    releases: {
      "2024-05": {
        does: "At most 64 characters of PatientID, StudyDescription and UIDs, 16 of StudyID and AccessionNumber; UIDs are those of DICOM. Others fail the file, or the update.",
        value: GUIDE_VALUE_LIMITS,
      },
      "2026-06": {
        does: "256 characters each; the UIDs of studies, series and instances are any digits and dots. Up to 1,000,000 related series and instances.",
        value: LOOSE_VALUE_LIMITS,
      },
    },
    test: { file: TESTS.imports, title: "lengths and UIDs of imports are those of the release" },
  }),
  importWarnings: behaviour<boolean>({
    topic: "Warnings of imports",
    launched: "2025-12-08",
    source: guide("reference-warning-codes"),
    releases: {
      "2024-05": { does: "What an import takes although DICOM forbids it is not mentioned.", value: false },
      "2026-06": {
        does: "It is a warning, in `WARNING/warning.ndjson` and as WarningReason (0008,1196) in the metadata: 45056, 45062, 45063, 45329, 45330, 45570, 45571 and 47513. [When](../guide/service-release.md#files-that-deviate-from-dicom).",
        value: true,
      },
    },
    test: { file: TESTS.warnings, title: "what DICOM forbids and an import takes is a warning" },
  }),
  keptOriginals: behaviour({
    topic: "Pixel data that is stored as it came",
    launched: "2024-11-01",
    source: guide("supported-transfer-syntaxes"),
    releases: {
      "2024-05": {
        does: "None: 16 transfer syntaxes become HTJ2K, others and binary segmentations fail the file.",
        value: { unsupportedBy: "the service" },
      },
      "2026-06": {
        does: "None, too: the emulator does not keep originals yet, so the warnings 45312, 45328 and 45344 do not occur. What AWS would keep fails the file.",
        value: { unsupportedBy: "the emulator yet" },
      },
    },
    test: {
      file: TESTS.imports,
      title: "a file that would be kept as it came fails, in the words of the release",
    },
  }),
  storedFrames: behaviour<StoredFrames>({
    topic: "Frames in the metadata",
    launched: "2024-11-01",
    source: guide("pixel-data-verification"),
    releases: {
      "2024-05": {
        does: "A checksum for each resolution level.",
        value: { hasFullLevelOnly: false, instanceMembers: {} },
      },
      "2026-06": {
        does: "One checksum, of the full resolution; instances with frames have `StoredTransferSyntaxUID` and `ChecksumType`.",
        value: {
          hasFullLevelOnly: true,
          instanceMembers: { StoredTransferSyntaxUID: HTJ2K_LOSSLESS_RPCL, ChecksumType: "DECOMPRESSED" },
        },
      },
    },
    test: { file: TESTS.imports, title: "the metadata has the members of frames that the release has" },
  }),
  importReports: behaviour<ReportForm>({
    topic: "Report of an import job",
    launched: "2025-12-08",
    source: guide("understanding-import-jobs"),
    releases: {
      "2024-05": {
        does: "The manifest, `SUCCESS/success.ndjson` and `FAILURE/failure.ndjson`.",
        value: { imageSetMembers: [], hasWarnings: false },
      },
      "2026-06": {
        does: "`WARNING/warning.ndjson` as well; image sets have `imageSetVersion` and `isPrimary`.",
        value: { imageSetMembers: ["imageSetVersion", "isPrimary"], hasWarnings: true },
      },
    },
    test: { file: TESTS.imports, title: "a job leaves the report of the release" },
  }),
} as const;
