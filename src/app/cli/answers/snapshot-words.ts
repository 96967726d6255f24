import type { RestoreReport, SnapshotSummary } from "../../../local/sdk/control-operations.ts";
import { count } from "./control-words.ts";

export const describeSnapshot = ({
  name,
  savedAt,
  datastores,
  importJobs,
  imageSets,
  buckets,
}: SnapshotSummary): string =>
  [
    `${name}  ${savedAt}  ${count(datastores, "data store")}`,
    count(importJobs, "import job"),
    count(imageSets, "image set"),
    ...(buckets === null ? [] : [count(buckets, "bucket")]),
  ].join(", ");

export function describeRestore(name: string, { epoch, cancelledJobs, buckets }: RestoreReport): string {
  const parts = [
    `restored ${name}: epoch ${epoch} begins`,
    `${count(cancelledJobs, "import job")} cancelled`,
  ];
  if (buckets !== undefined) parts.push(`${count(buckets.placed.length, "bucket")} restored`);
  if (buckets !== undefined && buckets.kept.length > 0)
    parts.push(`kept, since they are mounts: ${buckets.kept.join(" ")}`);
  return parts.join(", ");
}
