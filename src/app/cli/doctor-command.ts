import { VERSION } from "../compose.ts";
import { describeExamination, examine } from "./doctor/doctor.ts";
import type { DoctorSettings } from "./settings/client-settings.ts";

/** Says what is wrong on this machine; 1 where calls fail. */
export async function doctor({ output, ...asked }: DoctorSettings): Promise<number> {
  const examination = await examine({ ...asked, version: VERSION });
  process.stdout.write(
    output === "json" ? `${JSON.stringify(examination, null, 2)}\n` : describeExamination(examination),
  );
  return examination.problems > 0 ? 1 : 0;
}
