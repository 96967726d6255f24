import { withDicomweb } from "../../api/model/dicomweb-model.ts";
import { servedDicomweb } from "../../api/model/dicomweb-operations.ts";
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
export function servedOperations(release: ServiceRelease, dicomweb?: boolean): ServedOperations {
  const { dicomwebOperations, throttles } = behavioursOf(release);
  const added = servedDicomweb({ ...dicomwebOperations, opensReading: dicomweb });
  return {
    served: withDicomweb(modelOf(release), added),
    publishedThrottles: new Map([
      ...added.map(({ name, throttle }) => [name, throttle] as const),
      ...throttles,
    ]),
  };
}
