import type {
  ClockAnswer,
  DurationsAnswer,
  HealthAnswer,
  HoldAnswer,
  LimitsAnswer,
  QuotaAnswer,
  ResetReport,
  WaitAnswer,
} from "../../../local/sdk/control-operations.ts";

export function describeReset({ epoch, cancelledJobs, account, datastores, buckets }: ResetReport): string {
  const what = account === undefined ? `epoch ${epoch} begins` : `account ${account} is empty`;
  const parts = [`reset: ${what}`];
  if (datastores !== undefined) parts.push(`${pluralize(datastores, "data store")} dropped`);
  parts.push(`${pluralize(cancelledJobs, "import job")} cancelled`);
  if (buckets !== undefined) {
    parts.push(`${pluralize(buckets.removed.length, "bucket")} removed`);
    if (buckets.kept.length > 0) parts.push(`kept because they are mounts: ${buckets.kept.join(" ")}`);
  }
  return parts.join(", ");
}

export function describeClock({ now, isFrozen, nextDue, fired, firedLeftOut }: ClockAnswer): string {
  const due = nextDue === null ? "nothing is due" : `next due ${nextDue}`;
  const lines = [`${now}  ${isFrozen ? "frozen" : "running"}, ${due}`];
  lines.push(
    ...table(fired.map(({ at, resource, from, to }) => [at, resource, `${from ?? "-"} -> ${to ?? "-"}`])),
  );
  if (firedLeftOut > 0) lines.push(`  and ${firedLeftOut} more`);
  return lines.join("\n");
}

function describeThrottling(throttling: LimitsAnswer["throttling"]): string {
  if (typeof throttling === "object") return "a table";
  return typeof throttling === "number" ? `${throttling}x` : throttling;
}

export function describeLimits({ throttling, throttles, quotas, deny }: LimitsAnswer): string {
  return [
    `throttling  ${describeThrottling(throttling)}`,
    ...table(
      Object.entries(throttles).map(([action, { rate, burst }]) => [
        action,
        `${rate}/s`,
        `bursts of ${burst}`,
      ]),
    ),
    "quotas",
    ...table(Object.entries(quotas).map(([name, quota]) => [name, describeQuota(quota)])),
    `denied  ${deny.length === 0 ? "nothing" : deny.join(" ")}`,
  ].join("\n");
}

function describeQuota({ value, unit, regions = {}, use = [] }: QuotaAnswer): string {
  const others = Object.entries(regions).map(([region, ofRegion]) => `, ${ofRegion} in ${region}`);
  const inUse = use.map((entry) => entry.inUse);
  const used = inUse.length === 0 ? "" : `, ${Math.max(...inUse)} in use`;
  return `${value}${unit === undefined ? "" : ` ${unit}`}${others.join("")}${used}`;
}

export const describeResource = ({ resource, status, message }: WaitAnswer): string =>
  `${resource} is ${status}${message ? `: ${message}` : ""}`;

export const describeHold = ({ resource, statuses }: HoldAnswer): string =>
  `${resource} is held in ${statuses.join(", ")}`;

export const describeDurations = (durations: DurationsAnswer): string =>
  table(Object.entries(durations).map(([name, milliseconds]) => [name, `${milliseconds} ms`])).join("\n");

export const describeHealth = ({ status, version, parts }: HealthAnswer): string =>
  [
    `${status}  ${version}`,
    ...table(Object.entries(parts).map(([name, part]) => [name, part.status, part.detail])),
  ].join("\n");

/** Rows as lines with aligned columns. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd(),
  );
}

export const pluralize = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? "" : "s"}`;
