import type { DoctorContext } from "./doctor-context.ts";

/** `problem`: calls fail. `warning`: calls may fail, or do what one does not expect. */
export type Severity = "ok" | "warning" | "problem";

export interface Diagnosis {
  readonly level: Severity;
  /** What is there, in a sentence without a full stop. */
  readonly found: string;
  /** What to do, where there is something to do. */
  readonly cure?: string;
}

/** A row of the table: something that goes wrong on users' machines. */
export interface DoctorCheck {
  readonly name: string;
  /** What it tries, for the documentation. */
  readonly summary: string;
  readonly run: (context: DoctorContext) => Promise<readonly Diagnosis[]> | readonly Diagnosis[];
}

export const fine = (found: string, cure?: string): Diagnosis => finding("ok", found, cure);
export const warning = (found: string, cure?: string): Diagnosis => finding("warning", found, cure);
export const problem = (found: string, cure?: string): Diagnosis => finding("problem", found, cure);

const finding = (level: Severity, found: string, cure: string | undefined): Diagnosis =>
  cure === undefined ? { level, found } : { level, found, cure };

/** Calls fail where clients are told of the emulator by their environment alone; code may say more than that. */
export const failure = ({ reliesOnEnvironment }: DoctorContext, found: string, cure: string): Diagnosis =>
  reliesOnEnvironment ? problem(found, cure) : warning(found, cure);

/** Sets everything at once. */
export const ENV_COMMAND = 'eval "$(npx healthimaging-local env)"';
