import { VERSION } from "../../api/package-version.ts";
import { describeDoctorReport, runChecks } from "./doctor/doctor.ts";
import type { DoctorSettings } from "./settings/client-settings.ts";

/** Says what is wrong on this machine; 1 where calls fail. */
export async function doctor({ output, ...options }: DoctorSettings): Promise<number> {
  const report = await runChecks({ ...options, version: VERSION });
  process.stdout.write(
    output === "json" ? `${JSON.stringify(report, null, 2)}\n` : describeDoctorReport(report),
  );
  return report.problems > 0 ? 1 : 0;
}
