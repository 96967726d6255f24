import type { RestoreReport, SnapshotSummary } from "../../../local/sdk/control-operations.ts";
import { pluralize } from "./control-words.ts";

export const describeSnapshot = ({
  name,
  savedAt,
  datastores,
  importJobs,
  imageSets,
  buckets,
}: SnapshotSummary): string =>
  [
    `${name}  ${savedAt}  ${pluralize(datastores, "data store")}`,
    pluralize(importJobs, "import job"),
    pluralize(imageSets, "image set"),
    ...(buckets === null ? [] : [pluralize(buckets, "bucket")]),
  ].join(", ");

export function describeRestore(name: string, { epoch, cancelledJobs, buckets }: RestoreReport): string {
  const parts = [
    `restored ${name}: epoch ${epoch} begins`,
    `${pluralize(cancelledJobs, "import job")} cancelled`,
  ];
  if (buckets !== undefined) parts.push(`${pluralize(buckets.placed.length, "bucket")} restored`);
  if (buckets !== undefined && buckets.kept.length > 0)
    parts.push(`kept because they are mounts: ${buckets.kept.join(" ")}`);
  return parts.join(", ");
}
