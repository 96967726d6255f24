import { behaviour } from "./behaviour.ts";
import { guide, TESTS } from "./sources.ts";

/** Differences of DICOMweb. */
export const DICOMWEB_BEHAVIOURS = {
  dicomwebOperations: behaviour<{ readonly launchedUntil: string }>({
    topic: "Operations of DICOMweb",
    launched: "2024-07-11",
    source: guide("releases"),
    releases: {
      "2024-05": {
        does: "GetDICOMInstance. `--dicomweb` opens the others that read.",
        value: { launchedUntil: "2024-05-31" },
      },
      "2026-06": {
        does: "Also frames, metadata of instances and series, and bulk data.",
        value: { launchedUntil: "2026-06-30" },
      },
    },
    test: { file: TESTS.dicomweb, title: "the operations of DICOMweb are those of the release" },
  }),
  dicomwebCors: behaviour<{ readonly namesAll: boolean; readonly maxAgeSeconds: number }>({
    topic: "DICOMweb for web pages that may read answers",
    launched: null,
    source: guide("dicomweb-retrieve"),
    releases: {
      "2024-05": {
        does: "Answers name the page's origin; a browser may cache a preflight for 10 minutes.",
        value: { namesAll: false, maxAgeSeconds: 600 },
      },
      "2026-06": {
        does: "Answers name every origin (`*`); a browser may cache a preflight for 48 hours.",
        value: { namesAll: true, maxAgeSeconds: 172_800 },
      },
    },
    test: { file: TESTS.dicomweb, title: "a page is told what it may read as in its release" },
  }),
} as const;
