import type { Screen } from "../app/screen.ts";
import { BucketScreen } from "./bucket.tsx";
import { BucketsScreen } from "./buckets.tsx";
import { ClockScreen } from "./clock.tsx";
import { DataStoresScreen } from "./data-stores.tsx";
import { ImageSetScreen } from "./image-set.tsx";
import { ImageSetsScreen } from "./image-sets.tsx";
import { ImportJobsScreen } from "./import-jobs.tsx";
import { ImportScreen } from "./import.tsx";
import { JournalScreen } from "./journal.tsx";
import { LimitsScreen } from "./limits.tsx";
import { ReportScreen } from "./report.tsx";
import { ScenariosScreen } from "./scenarios.tsx";
import { SnapshotsScreen } from "./snapshots.tsx";

/** Every screen. A new one is a file here and a line below. */
export const SCREENS: readonly Screen[] = [
  { path: "data-stores", title: "Data stores", group: "Data", Body: DataStoresScreen },
  { path: "data-stores/:datastoreId", title: "Image sets", Body: ImageSetsScreen },
  { path: "data-stores/:datastoreId/image-sets/:imageSetId", title: "Image set", Body: ImageSetScreen },
  { path: "data-stores/:datastoreId/import-jobs", title: "Import jobs", Body: ImportJobsScreen },
  { path: "import", title: "Import", group: "Data", Body: ImportScreen },
  { path: "buckets", title: "Buckets", group: "Data", Body: BucketsScreen },
  { path: "buckets/:bucket", title: "Bucket", Body: BucketScreen },
  { path: "scenarios", title: "Scenarios", group: "Behaviour", Body: ScenariosScreen },
  { path: "clock", title: "Clock", group: "Behaviour", Body: ClockScreen },
  { path: "limits", title: "Limits", group: "Behaviour", Body: LimitsScreen },
  { path: "journal", title: "Journal", group: "Observe", Body: JournalScreen },
  { path: "report", title: "Report", group: "Observe", Body: ReportScreen },
  { path: "snapshots", title: "Snapshots and reset", group: "Emulator", Body: SnapshotsScreen },
];
