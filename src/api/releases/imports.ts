import { behaviour } from "./behaviour.ts";
import { guide, TESTS } from "./sources.ts";

/** What an image set is told by, in reports, besides its id. */
interface ReportForm {
  readonly imageSetMembers: readonly ("imageSetVersion" | "isPrimary")[];
  readonly hasWarnings: boolean;
}

/** Differences of import jobs. */
export const IMPORTS = {
  imageSetGrouping: behaviour<readonly string[] | null>({
    topic: "Instances of one image set",
    launched: "2025-01-27",
    source: guide("understanding-image-sets"),
    releases: {
      "2024-05": { does: "Agree in every element of patient, study and series.", value: null },
      "2026-06": {
        does: "Agree in StudyDate, AccessionNumber, PatientID, StudyInstanceUID, StudyID, SeriesInstanceUID and SeriesNumber.",
        value: [
          "StudyDate",
          "AccessionNumber",
          "PatientID",
          "StudyInstanceUID",
          "StudyID",
          "SeriesInstanceUID",
          "SeriesNumber",
        ],
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
