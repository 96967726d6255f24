import { ControlClient } from "../../../../local/sdk/control-client.ts";
import { fine, warning, type DoctorCheck, type Diagnosis } from "../check.ts";
import type { DoctorContext } from "../doctor-context.ts";

export const clock: DoctorCheck = {
  name: "clock",
  summary: "whether the emulator's clock is frozen, or far from this machine's",
  run: async (context) => [await checkClock(context)],
};

const TOLERANCE_MS = 5_000;

async function checkClock({ endpoint, machine, probe, ca }: DoctorContext): Promise<Diagnosis> {
  if (probe.kind !== "emulator") return fine("without an emulator there is nothing to compare");
  const { now, isFrozen } = await new ControlClient(endpoint, { ca }).clock.now();
  if (isFrozen)
    return warning(
      `the emulator's clock is frozen at ${now}: imports and data stores wait until it is moved`,
      "healthimaging-local clock resume, or clock advance 1m",
    );
  const skewMs = Date.parse(now) - machine.now();
  if (Math.abs(skewMs) <= TOLERANCE_MS) return fine("the emulator's clock is this machine's");
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  return warning(
    `the emulator's clock is ${seconds} seconds ${skewMs > 0 ? "ahead of" : "behind"} this machine's: createdAt and updatedAt are its times`,
    "healthimaging-local reset, if it was moved by hand; signatures do not expire here",
  );
}
