import { availableParallelism } from "node:os";
import { benchContainer } from "./container.ts";
import { show } from "./figures.ts";
import { benchFrames } from "./frames.ts";
import { benchIdleMemory } from "./idle-memory.ts";
import { benchImportGrowth } from "./import-growth.ts";
import { benchImportLatency } from "./import-latency.ts";
import { benchImport } from "./import.ts";
import { benchInstances } from "./instances.ts";
import { benchPool } from "./pool.ts";
import { benchReport } from "./report.ts";
import { benchReset } from "./reset.ts";
import { benchScenarios } from "./scenarios.ts";
import { benchSearch } from "./search.ts";
import { benchStart } from "./start.ts";
import { benchStore } from "./store.ts";

/**
 * Figures as ratios against a baseline in the same run, since machines differ and are noisy.
 * Needs `npm run build` before it: it measures what users run. Arguments choose among the subjects.
 */
const SUBJECTS: Readonly<Record<string, () => Promise<void>>> = {
  start: benchStart,
  instances: benchInstances,
  memory: benchIdleMemory,
  frames: benchFrames,
  import: benchImport,
  growth: benchImportGrowth,
  latency: benchImportLatency,
  pool: benchPool,
  reset: benchReset,
  scenarios: benchScenarios,
  report: benchReport,
  search: () => benchSearch(show),
  store: benchStore,
  container: benchContainer,
};

show("Node.js, cores", `${process.version}, ${availableParallelism()}`);
const asked = process.argv.slice(2);
for (const [name, bench] of Object.entries(SUBJECTS)) {
  if (asked.length === 0 || asked.includes(name)) await bench();
}
