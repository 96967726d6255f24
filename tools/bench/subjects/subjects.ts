import { instances, latency, metadataLatency } from "../against/import-subjects.ts";
import type { Effort } from "../effort.ts";
import { benchAlone } from "./alone.ts";
import { benchContainer } from "./container.ts";
import { benchDicomweb } from "./dicomweb.ts";
import { benchDicomSearch } from "./dicom-search.ts";
import { benchExtent } from "./extent.ts";
import { benchFrames } from "./frames.ts";
import { benchImportGrowth } from "./import-growth.ts";
import { benchImport } from "./import.ts";
import { benchMemory } from "./memory.ts";
import { benchPool } from "./pool.ts";
import { benchReleases } from "./releases.ts";
import { benchReport } from "./report.ts";
import { benchReset } from "./reset.ts";
import { benchScenarios } from "./scenarios.ts";
import { benchSearch } from "./search.ts";
import { benchStart } from "./start.ts";
import { benchStore } from "./store.ts";

/** Figures of this tree, with a baseline in the same run. */
export const SUBJECTS: Readonly<Record<string, (effort: Effort) => Promise<void>>> = {
  start: benchStart,
  instances: (effort) => benchAlone(instances, effort, 15),
  memory: benchMemory,
  frames: benchFrames,
  dicomweb: benchDicomweb,
  import: benchImport,
  releases: benchReleases,
  extent: benchExtent,
  growth: benchImportGrowth,
  latency: (effort) => benchAlone(latency, effort, 5),
  "metadata-latency": (effort) => benchAlone(metadataLatency, effort, 5),
  pool: benchPool,
  reset: benchReset,
  scenarios: benchScenarios,
  report: benchReport,
  search: benchSearch,
  "dicom-search": benchDicomSearch,
  store: benchStore,
  container: benchContainer,
};
