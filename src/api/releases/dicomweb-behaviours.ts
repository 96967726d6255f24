import { EXPLICIT_VR_LITTLE_ENDIAN, HTJ2K_LOSSLESS_RPCL } from "../transfer-syntaxes.ts";
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
        does: "Also frames, metadata of instances and series, bulk data, and searches.",
        value: { launchedUntil: "2026-06-30" },
      },
    },
    test: { file: TESTS.dicomweb, title: "the operations of DICOMweb are those of the release" },
  }),
  instanceTransferSyntaxes: behaviour<
    readonly (typeof EXPLICIT_VR_LITTLE_ENDIAN | typeof HTJ2K_LOSSLESS_RPCL | "*")[]
  >({
    topic: "Transfer syntaxes of GetDICOMInstance",
    launched: "2024-11-01",
    source: guide("dicomweb-retrieve-instance"),
    releases: {
      "2024-05": {
        does: "Explicit VR Little Endian (the default) and HTJ2K Lossless RPCL.",
        value: [EXPLICIT_VR_LITTLE_ENDIAN, HTJ2K_LOSSLESS_RPCL],
      },
      "2026-06": {
        does: "Also `transfer-syntax=*`: as it is stored.",
        value: [EXPLICIT_VR_LITTLE_ENDIAN, HTJ2K_LOSSLESS_RPCL, "*"],
      },
    },
    test: { file: TESTS.dicomweb, title: "an instance has the transfer syntaxes of the release" },
  }),
  dicomwebImageSets: behaviour<"newest" | "primary">({
    topic: "The image set that DICOMweb reads from without `imageSetId`",
    launched: "2025-05-22",
    source: guide("dicomweb-retrieve"),
    releases: {
      "2024-05": {
        does: "The most recently updated one that holds the instance.",
        value: "newest",
      },
      "2026-06": { does: "The primary one of the series, and no other.", value: "primary" },
    },
    test: { file: TESTS.dicomweb, title: "the image set that answers is that of the release" },
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
