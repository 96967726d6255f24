import { ControlClient } from "../../../../local/sdk/control-client.ts";
import { fine, warning, type DoctorCheck, type Diagnosis } from "../check.ts";
import type { DoctorContext } from "../doctor-context.ts";

export const throttling: DoctorCheck = {
  name: "throttling",
  summary: "whether AWS's limits of requests hold, as they do by default",
  run: async (context) => [await checkThrottling(context)],
};

const EFFECT = "a second CreateDatastore within 12 seconds is a ThrottlingException, which SDKs repeat";
const LIFT = "for tests: healthimaging-local limits --throttling off, or start it with --throttling off";

async function checkThrottling({ endpoint, probe, ca }: DoctorContext): Promise<Diagnosis> {
  if (probe.kind !== "emulator") return fine(`by default AWS's published limits apply: ${EFFECT}`, LIFT);
  const { throttling: set, deny } = await new ControlClient(endpoint, { ca }).limits.get();
  if (deny.length > 0)
    return warning(`calls are denied: ${deny.join(", ")}`, "healthimaging-local limits --deny none");
  if (set === "off") return fine("no call is throttled; AWS throttles");
  if (set === "aws") return fine(`AWS's published limits apply: ${EFFECT}`, LIFT);
  return fine("limits other than AWS's apply: healthimaging-local limits shows them");
}
