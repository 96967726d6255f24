import type { Behaviours } from "../../api/releases/behaviours.ts";
import type { OperationCall } from "../../domain/activity.ts";
import type { State } from "../../domain/state.ts";
import { datastoresInUse, importJobsInUse, lockedInUse } from "../../domain/limits/quota-use.ts";
import { QUOTA_KEYS, Quotas, type QuotaKey } from "../../domain/limits/quotas.ts";

const REGION_OF_HOST = /medical-imaging(?:-fips)?\.([a-z0-9-]+)\.(?:vpce\.)?(?:amazonaws\.com|api\.aws)/i;
/** Before the names of this machine; any other host may have any name. */
const PREFIX_OF_HOST = /^(runtime-|dicom-)(?=localhost\b|127\.|\[|healthimaging)/i;

/** What AWS publishes for a release. */
export type PublishedLimits = Pick<Behaviours, "regions" | "quotas" | "throttles">;

/** Why AWS would have refused a successful call, apart from its signature. */
export function refusalsOf(
  { principal: caller, host = "", operation }: OperationCall,
  { regions }: Pick<PublishedLimits, "regions">,
): string[] {
  const reasons: string[] = [];
  if (caller.accessKeyId === undefined) reasons.push("it is not signed");
  else if (!regions.has(caller.region)) reasons.push(`HealthImaging is not in the region ${caller.region}`);
  const region = REGION_OF_HOST.exec(host)?.[1]?.toLowerCase();
  if (caller.accessKeyId !== undefined && region !== undefined && region !== caller.region)
    reasons.push("it is signed for another region than its endpoint's");
  const prefix = PREFIX_OF_HOST.exec(host)?.[1]?.toLowerCase();
  if (prefix !== undefined && prefix !== operation.hostPrefix)
    reasons.push(`the host's prefix ${prefix} is that of other operations`);
  return reasons;
}

/** For each operation that uses a quota at once, how to count the use. */
const COUNTED: Readonly<Record<string, readonly [QuotaKey, (state: State, call: OperationCall) => number]>> =
  {
    CreateDatastore: ["datastores", (state, { principal }) => datastoresInUse(state, principal)],
    StartDICOMImportJob: ["concurrentImportJobs", (state, call) => importJobsInUse(state, datastoreOf(call))],
    CopyImageSet: [
      "concurrentCopies",
      (state, call) => lockedInUse(state, datastoreOf(call), "concurrentCopies"),
    ],
    DeleteImageSet: [
      "concurrentDeletions",
      (state, call) => lockedInUse(state, datastoreOf(call), "concurrentDeletions"),
    ],
    UpdateImageSetMetadata: [
      "concurrentUpdates",
      (state, call) => lockedInUse(state, datastoreOf(call), "concurrentUpdates"),
    ],
  };

const datastoreOf = ({ labels }: OperationCall): string => labels["datastoreId"] ?? "";

const CHECKED: ReadonlySet<QuotaKey> = new Set(Object.values(COUNTED).map(([key]) => key));

/** The quota of AWS's that a successful call exceeds, by AWS's name: one that was raised here. */
export function quotaBeyond(
  call: OperationCall,
  quotas: Quotas,
  aws: Quotas,
  state: State,
): string | undefined {
  const [key, inUse] = COUNTED[call.operation.name] ?? [];
  if (key === undefined || inUse === undefined) return undefined;
  const limit = aws.limit(key, call.principal);
  if (quotas.limit(key, call.principal) <= limit || inUse(state, call) <= limit) return undefined;
  return aws.current(key).name;
}

/** Raised quotas of single requests and jobs, by AWS's name. */
export const raisedUnchecked = (quotas: Quotas, aws: Quotas): string[] =>
  QUOTA_KEYS.filter((key) => !CHECKED.has(key) && quotas.current(key).value > aws.current(key).value).map(
    (key) => aws.current(key).name,
  );
