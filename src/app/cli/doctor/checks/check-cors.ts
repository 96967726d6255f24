import { fine, problem, type DoctorCheck, type Diagnosis } from "../check.ts";
import { ask } from "../probe.ts";
import type { DoctorContext } from "../doctor-context.ts";

export const cors: DoctorCheck = {
  name: "cors",
  summary: "whether a web page may read answers: one of this machine, or that of --origin",
  run: async (context) => [await checkCors(context)],
};

const LOCAL_PAGE = "http://localhost:3000";

async function checkCors({ endpoint, origin = LOCAL_PAGE, probe, ca }: DoctorContext): Promise<Diagnosis> {
  const cure = `start the emulator with --cors ${origin}`;
  if (probe.kind !== "emulator")
    return fine("pages of http://localhost and http://127.0.0.1 may read answers, others need --cors");
  const headers = {
    origin,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization",
  };
  const answer = await ask(`${endpoint}/datastore`, { method: "OPTIONS", headers, ca });
  if (answer.headers["access-control-allow-origin"] !== undefined)
    return fine(`pages of ${origin} may read answers`);
  return problem(`pages of ${origin} may not read answers`, cure);
}
