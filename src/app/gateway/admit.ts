import { ServiceError } from "../../api/errors.ts";
import { GUIDE_REGIONS, type RegionChoice } from "../../api/regions.ts";
import type { DenyRules } from "../../aws/identity/deny-rules.ts";
import type { Throttles } from "../../domain/limits/throttles.ts";
import type { Admit } from "../../healthimaging/http/medical-imaging.ts";

interface AdmitDependencies {
  readonly denyRules: DenyRules;
  readonly throttles: Throttles;
  /** All regions if left out. */
  readonly regions?: RegionChoice | undefined;
  /** Those of the service's release. */
  readonly published?: ReadonlySet<string>;
}

/** Assumed: order-of-checks. Denied, then throttled, then validated; a denied call uses up nothing. */
export const createAdmit =
  ({ denyRules, throttles, regions = "any", published = GUIDE_REGIONS }: AdmitDependencies): Admit =>
  (operation, labels, caller) => {
    if (regions === "guide" && !published.has(caller.region)) throw notThere(caller.region, published);
    denyRules.check(operation, labels, caller);
    throttles.take(operation, caller);
  };

/**
 * On AWS such a region has no endpoint that could answer.
 * Assumed: region-without-service. This is what AWS's services answer to a request that is signed for another
 * region.
 */
const notThere = (region: string, published: ReadonlySet<string>): ServiceError =>
  new ServiceError("InvalidSignatureException", "Credential should be scoped to a valid region.", {
    hint: `with --regions guide the regions are ${[...published].join(", ")}, not ${region}; --regions any serves all`,
  });
