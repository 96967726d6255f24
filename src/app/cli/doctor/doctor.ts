import { errorMessage } from "../../../api/error-message.ts";
import { problem, type DoctorCheck, type Diagnosis, type Severity } from "./check.ts";
import { CHECKS } from "./checks/checks.ts";
import { thisMachine, type Machine } from "./machine.ts";
import { readDoctorContext, type DoctorOptions, type DoctorContext } from "./doctor-context.ts";

export interface DoctorReport {
  readonly endpoint: string;
  readonly checks: readonly (Diagnosis & { readonly check: string })[];
  readonly warnings: number;
  readonly problems: number;
}

/** Tries each row of the table; they do not depend on each other. */
export async function runChecks(
  options: DoctorOptions,
  machine: Machine = thisMachine(options.env),
): Promise<DoctorReport> {
  const context = await readDoctorContext(options, machine);
  const found = await Promise.all(
    CHECKS.map(async (check) =>
      (await findingsOf(check, context)).map((one) => ({ check: check.name, ...one })),
    ),
  );
  const checks = found.flat();
  const countOf = (level: Severity): number => checks.filter((one) => one.level === level).length;
  return { endpoint: options.endpoint, checks, warnings: countOf("warning"), problems: countOf("problem") };
}

/** One that fails hides no other. */
async function findingsOf({ run }: DoctorCheck, context: DoctorContext): Promise<readonly Diagnosis[]> {
  try {
    return await run(context);
  } catch (error) {
    return [problem(`this could not be tried: ${errorMessage(error)}`)];
  }
}

/** A line for each finding, and one below it for its cure. */
export function describeDoctorReport({ checks, warnings, problems }: DoctorReport): string {
  const width = Math.max(...checks.map(({ check }) => check.length));
  const lines = checks.flatMap(({ level, check, found, cure }) => [
    `${level.padEnd(7)}  ${check.padEnd(width)}  ${found}`,
    ...(cure === undefined ? [] : [`${" ".repeat(7 + 2 + width)}  -> ${cure}`]),
  ]);
  return [...lines, "", `${count(problems, "problem")}, ${count(warnings, "warning")}`, ""].join("\n");
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;
