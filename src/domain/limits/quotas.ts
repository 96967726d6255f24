import { isRecord } from "../../api/json.ts";
import { ServiceError, type ErrorCode } from "../../api/errors.ts";
import type { Scope } from "../../api/arns.ts";
import { QUOTAS, type Quota } from "../../api/limits/published-limits.ts";
import { nameOfQuota } from "../../api/limits/quota-names.ts";
import { LimitError, refuseUnknown } from "./limit-input.ts";

/** The name of each quota in the code, by AWS's name. */
const NAMES = {
  concurrentCopies: "Maximum concurrent CopyImageSet requests per data store",
  concurrentDeletions: "Maximum concurrent DeleteImageSet requests per data store",
  concurrentUpdates: "Maximum concurrent UpdateImageSetMetadata requests per data store",
  concurrentImportJobs: "Maximum concurrent import jobs per data store",
  datastores: "Maximum data stores",
  framesPerCopy: "Maximum ImageFrames copied per CopyImageSet request",
  filesPerImportJob: "Maximum files in a DICOM import job",
  foldersPerImportJob: "Maximum nested folders in a DICOM import job",
  updatePayloadBytes: "Maximum payload size accepted by UpdateImageSetMetadata",
  importJobBytes: "Maximum size of all files in a DICOM import job",
  importFileBytes: "Maximum size of each DICOM P10 file in a DICOM import job",
  metadataBytes: "Maximum ImageSetMetadata size per import, copy and UpdateImageSet",
} as const;

export type QuotaKey = keyof typeof NAMES;
export const QUOTA_NAMES: readonly string[] = Object.values(NAMES);
export const QUOTA_KEYS = Object.keys(NAMES) as readonly QuotaKey[];

/**
 * By AWS's name, also that of Service Quotas, or by code (`L-8829B870`). Quotas that AWS never raises need
 * force. Sizes are in the quota's unit.
 */
export type QuotaChanges = Readonly<Record<string, number | { value: number; force: boolean }>>;

/** Assumed: quota-units. A KB is 1,000 bytes, as in the model (10,000 for 10 KB); MB and GB are powers of 1024. */
const UNIT_BYTES: Readonly<Record<string, number>> = { KB: 1000, MB: 1024 ** 2, GB: 1024 ** 3 };

/** The current override of a quota, in the quota's unit, and what set it. */
export interface QuotaOverride {
  readonly value: number;
  readonly by: string;
}

/** By AWS's name of the quota. */
export type OverrideQuota = (name: string, scope: Scope) => QuotaOverride | undefined;

/** The service quotas: AWS's by default; changes apply to all regions. */
export class Quotas {
  readonly #published: readonly Quota[];
  readonly #atStart: ReadonlyMap<string, number>;
  #changed: ReadonlyMap<string, number>;
  #override: OverrideQuota = () => undefined;

  /**
   * @param published of the service's release
   * @throws LimitError
   */
  constructor(changes: QuotaChanges = {}, published: readonly Quota[] = QUOTAS) {
    this.#published = published;
    this.#atStart = readQuotas(changes);
    this.#changed = this.#atStart;
  }

  /** A count, or a size in bytes. */
  limit(key: QuotaKey, scope: Scope): number {
    const quota = this.current(key);
    const { regions = {}, value, name } = quota;
    const { region } = scope;
    const ofRegion = Object.hasOwn(regions, region) ? regions[region] : undefined;
    return Math.floor((this.#override(name, scope)?.value ?? ofRegion ?? value) * unitOf(quota));
  }

  /** From now on this function is asked first, at each use. */
  overrideBy(override: OverrideQuota): void {
    this.#override = override;
  }

  /** With the current value. */
  current(key: QuotaKey): Quota {
    const quota = this.#quotaOf(key);
    const value = this.#changed.get(quota.name);
    return value === undefined ? quota : { ...quota, value, regions: {} };
  }

  /**
   * Checks a quota that is a count.
   * @param inUse the number before the new call
   * Assumed: quota-messages. The message is ours, and names the quota.
   * @throws ServiceError if one more would exceed it
   */
  checkQuota(
    key: QuotaKey,
    scope: Scope,
    inUse: number,
    code: ErrorCode = "ServiceQuotaExceededException",
  ): void {
    const limit = this.limit(key, scope);
    if (inUse < limit) return;
    const { name, adjustable } = this.#quotaOf(key);
    const value = Math.max(limit * 2, 1);
    const raised = JSON.stringify({ quotas: { [name]: adjustable ? value : { value, force: true } } });
    const override = this.#override(name, scope);
    const hint =
      override === undefined
        ? `raise it with --quotas FILE, or POST /_local/limits ${raised}`
        : `it is set by ${override.by}`;
    throw new ServiceError(code, `The request exceeds the quota '${name}', which is ${limit}`, { hint });
  }

  /**
   * Changes several quotas, all or none.
   * @throws LimitError
   */
  adjust(changes: unknown): void {
    this.#changed = new Map([...this.#changed, ...readQuotas(changes)]);
  }

  /** Restores the quotas of the start. */
  reset(): void {
    this.#changed = this.#atStart;
  }

  #quotaOf(key: QuotaKey): Quota {
    const quota = this.#published.find(({ name }) => name === NAMES[key]);
    if (quota === undefined) throw new Error(`no quota is named '${NAMES[key]}'`);
    return quota;
  }
}

/**
 * Parses changes of quotas, by AWS's names.
 * @throws LimitError for anything else
 */
export function readQuotas(changes: unknown): ReadonlyMap<string, number> {
  if (!isRecord(changes))
    throw new LimitError('quotas expects an object such as {"Maximum data stores": 100}');
  const byName = withoutAliases(changes);
  refuseUnknown("quotas", byName, QUOTA_NAMES);
  const named = QUOTAS.filter(({ name }) => Object.hasOwn(byName, name));
  return new Map(named.map((quota) => [quota.name, readChange(quota, byName[quota.name])]));
}

/** Translates names and codes of Service Quotas. */
function withoutAliases(changes: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const named = Object.entries(changes).map(([name, change]) => [nameOfQuota(name), change] as const);
  const names = named.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new LimitError(`quotas has '${twice}' twice, under two of its names`);
  return Object.fromEntries(named);
}

function readChange(quota: Quota, change: unknown): number {
  const { name, unit, adjustable } = quota;
  if (isRecord(change)) refuseUnknown(`quota '${name}'`, change, ["value", "force"]);
  const { value, force = false } = isRecord(change) ? change : { value: change };
  if (typeof force !== "boolean") throw new LimitError(`force of quota '${name}' expects true or false`);
  const isNumber = typeof value === "number" && (unit !== undefined || Number.isInteger(value));
  if (!isNumber || value < 0 || !(value * unitOf(quota) <= Number.MAX_SAFE_INTEGER)) {
    const wanted = unit === undefined ? "a whole number" : `a number of ${unit}`;
    throw new LimitError(`quota '${name}' expects ${wanted} from 0, got ${JSON.stringify(value)}`);
  }
  if (adjustable || force) return value;
  throw new LimitError(
    `quota '${name}' is not adjustable on AWS: to change it here, send {"value": ${value}, "force": true}`,
  );
}

const unitOf = ({ unit }: Quota): number => UNIT_BYTES[unit ?? ""] ?? 1;
