import quotas from "./quotas.json" with { type: "json" };
import throttles from "./throttles.json" with { type: "json" };

/** How often one account may call an action in one region. */
export interface Throttle {
  /** Calls per second. */
  readonly rate: number;
  /** Calls at once. */
  readonly burst: number;
}

/** By action (facts: limits#throttles). These are all actions of the service of the guide. */
export const THROTTLES: ReadonlyMap<string, Throttle> = new Map(Object.entries(throttles.limits));

export interface Quota {
  readonly name: string;
  /** In `unit` if it has one, else a count. */
  readonly value: number;
  readonly unit?: string;
  /** Regions with a different value. */
  readonly regions?: Readonly<Record<string, number>>;
  /** AWS raises it on request. */
  readonly adjustable: boolean;
}

/** As published (facts: limits#quotas). */
export const QUOTAS: readonly Quota[] = quotas.quotas;

/** @param values by name, in the quota's unit */
export const withQuotas = (values: Readonly<Record<string, number>>): readonly Quota[] =>
  QUOTAS.map((quota) => ({ ...quota, value: values[quota.name] ?? quota.value }));
