import { tlsFaultOf } from "../../no-emulator.ts";
import { fine, problem, warning, type DoctorCheck, type Diagnosis } from "../check.ts";
import type { DoctorContext } from "../doctor-context.ts";

export const emulator: DoctorCheck = {
  name: "emulator",
  summary: "what answers at the endpoint: the emulator, another program, or nothing",
  run: (context) => [checkEmulator(context)],
};

function checkEmulator({ endpoint, probe, version }: DoctorContext): Diagnosis {
  switch (probe.kind) {
    case "emulator":
      return describeEmulator(endpoint, probe, version);
    case "refused":
      return problem(`the emulator does not serve the host of ${endpoint}`, probe.hint);
    case "secure":
      return problem(`the emulator at ${endpoint} speaks HTTPS`, "name its address with https://");
    case "other":
      return problem(
        `another program answers at ${endpoint}: HTTP ${probe.status}${probe.server === undefined ? "" : ` of ${probe.server}`}`,
        "stop it, or start the emulator with --port N and name its address with --endpoint",
      );
    case "none":
      return describeNone(endpoint, probe.code);
  }
}

function describeEmulator(
  endpoint: string,
  { version, failing }: { readonly version: string; readonly failing: readonly string[] },
  own: string,
): Diagnosis {
  if (failing.length > 0)
    return problem(
      `healthimaging-local ${version} at ${endpoint} does not work: ${failing.join(", ")}`,
      `healthimaging-local health says what fails: free disk space, and rights on the data folder`,
    );
  if (version === own) return fine(`healthimaging-local ${version} answers at ${endpoint}`);
  return warning(
    `healthimaging-local ${version} answers at ${endpoint}, and this command is ${own}`,
    "start the emulator again with the version that the project installs",
  );
}

const START = "start it with npx healthimaging-local, or name its address with --endpoint";

function describeNone(endpoint: string, code: string): Diagnosis {
  if (code === "ECONNREFUSED")
    return warning(`no emulator answers at ${endpoint}; no other program uses the port`, START);
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return problem(`the host of ${endpoint} is not found`, "name another address with --endpoint");
  const fault = tlsFaultOf(endpoint, code);
  if (fault !== undefined) return problem(fault.found, fault.cure);
  const reason = code === "" ? "no answer within 5 seconds" : code;
  return problem(
    `no emulator answers at ${endpoint}: ${reason}`,
    `${START}; a firewall or a published port may be in the way`,
  );
}
