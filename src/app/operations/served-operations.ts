import { withDicomweb } from "../../api/model/dicomweb-model.ts";
import { servedDicomweb, type DicomwebOperation } from "../../api/model/dicomweb-operations.ts";
import { modelOf, type Model } from "../../api/model/model.ts";
import type { Throttle } from "../../api/limits/published-limits.ts";
import { behavioursOf } from "../../api/releases/behaviours.ts";
import type { ServiceRelease } from "../../api/releases/service-release.ts";

interface ServedOperations {
  readonly served: Model;
  readonly publishedThrottles: ReadonlyMap<string, Throttle>;
}

/**
 * The operations of a release, with those of DICOMweb, and how often AWS lets them be called.
 * @param dicomweb also serves the operations of DICOMweb that read and came later
 */
export function servedOperations(
  release: ServiceRelease,
  dicomweb?: boolean,
  { dicomwebOperations, throttles } = behavioursOf(release),
): ServedOperations {
  const added = servedDicomweb({ ...dicomwebOperations, opensReading: dicomweb });
  return {
    served: withDicomweb(modelOf(release), added),
    publishedThrottles: withThrottles(throttles, added),
  };
}

function withThrottles(
  throttles: ReadonlyMap<string, Throttle>,
  added: readonly DicomwebOperation[],
): ReadonlyMap<string, Throttle> {
  const missing = added.filter(({ name }) => !throttles.has(name));
  if (missing.length === 0) return throttles;
  return new Map([...throttles, ...missing.map(({ name, throttle }) => [name, throttle] as const)]);
}
