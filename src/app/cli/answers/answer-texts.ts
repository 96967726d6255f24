import { writeFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { errorCode } from "../../../api/error-code.ts";
import { describeReport } from "../../../local/report/describe-report.ts";
import type { OperationId, Operations, ScenarioAnswer } from "../../../local/sdk/control-operations.ts";
import { UsageError } from "../settings/usage-error.ts";
import {
  pluralize,
  describeClock,
  describeDurations,
  describeHealth,
  describeHold,
  describeLimits,
  describeReset,
  describeResource,
} from "./control-words.ts";
import { describeFindings } from "./report-findings.ts";
import {
  describeCalls,
  describeHits,
  describeRequests,
  describeScenario,
  describeScenarios,
  describeVerdict,
} from "./scenario-words.ts";
import { describeRestore, describeSnapshot } from "./snapshot-words.ts";

/** The result of a command: as JSON, and for people. */
export interface CommandResult {
  readonly json: unknown;
  readonly text: string;
  /** Set if the result should fail the run. */
  readonly exitCode?: number;
  /** Why it fails the run: a line for standard error. */
  readonly failure?: string;
}

/** The command line, for answers that repeat parts of it. */
export interface TypedCommand {
  readonly positionals: readonly string[];
  readonly flags: Readonly<Record<string, string | true | undefined>>;
  /** The current working directory: absolute. */
  readonly folder: string;
}

interface AnswerText<Id extends OperationId> {
  /** Accepted statuses besides those below 300. */
  readonly accepts?: readonly number[];
  readonly show: (
    answer: Operations[Id]["answer"],
    asked: TypedCommand,
  ) => CommandResult | Promise<CommandResult>;
}

const as = <Id extends OperationId>(
  describe: (answer: Operations[Id]["answer"], asked: TypedCommand) => string,
): AnswerText<Id> => ({ show: (answer, asked) => ({ json: answer, text: describe(answer, asked) }) });

const scenario = { show: (answer: ScenarioAnswer) => ({ json: answer, text: describeScenario(answer) }) };

/** How each answer is shown, by operation. */
export const ANSWERS: { readonly [Id in OperationId]?: AnswerText<Id> } = {
  readHealth: {
    accepts: [503],
    show: (answer) => ({
      json: answer,
      text: describeHealth(answer),
      exitCode: answer.status === "ok" ? 0 : 1,
    }),
  },
  readClock: as(describeClock),
  moveClock: as(describeClock),
  readDurations: as(describeDurations),
  changeDurations: as(describeDurations),
  wait: as(describeResource),
  readStatus: as(describeResource),
  changeStatus: as(describeResource),
  holdResource: as(describeHold),
  releaseResource: as((_, { positionals: [resource] }) => `${resource} is released`),
  listHolds: as(({ holds }) => (holds.length === 0 ? "nothing is held" : holds.map(describeHold).join("\n"))),
  readLimits: as(describeLimits),
  changeLimits: as(describeLimits),
  reset: as(describeReset),
  readReport: {
    show: (answer, { flags: { "fail-on": failOn = "" } }) => {
      const names = [...new Set(String(failOn).split(",").filter(Boolean))];
      const shown = { json: answer, text: describeReport(answer, names).trimEnd() };
      const findings = describeFindings(answer, names);
      return findings === ""
        ? { ...shown, exitCode: 0 }
        : { ...shown, exitCode: 1, failure: `--fail-on found ${findings}` };
    },
  },
  listScenarios: as(describeScenarios),
  validateScenario: as(
    ({ rules }, { positionals: [file = ""] }) => `${basename(file)} is valid: ${pluralize(rules, "rule")}`,
  ),
  loadScenario: scenario,
  activateScenario: scenario,
  deactivateScenario: scenario,
  resetScenario: scenario,
  signalScenario: scenario,
  readScenarioStatus: scenario,
  listScenarioHits: as(describeHits),
  verifyScenario: {
    accepts: [417],
    show: (verdict) => ({ json: verdict, text: describeVerdict(verdict), exitCode: verdict.ok ? 0 : 1 }),
  },
  removeScenario: {
    show: (_, { positionals: [name] }) => ({ json: { removed: name }, text: `${name} is removed` }),
  },
  listRequests: as(describeRequests),
  listCalls: as(describeCalls),
  countRequests: { show: (answer) => ({ json: { count: answer.count }, text: String(answer.count) }) },
  clearRequests: { show: () => ({ json: {}, text: "the journal is empty" }) },
  listSnapshots: as(({ snapshots }) =>
    snapshots.length === 0 ? "no snapshots" : snapshots.map(describeSnapshot).join("\n"),
  ),
  saveSnapshot: as((saved) => `saved ${describeSnapshot(saved)}`),
  restoreSnapshot: as((report, { positionals: [name = ""] }) => describeRestore(name, report)),
  removeSnapshot: { show: (_, { positionals: [name] }) => ({ json: { name }, text: `removed ${name}` }) },
  exportSnapshot: { show: exportTo },
  importSnapshot: as((imported) => `imported ${describeSnapshot(imported)}`),
};

async function exportTo(bytes: Uint8Array, { positionals, folder }: TypedCommand): Promise<CommandResult> {
  const [name, file = ""] = positionals;
  const path = resolve(folder, file);
  await writeFile(path, bytes).catch((error: unknown) => {
    throw new UsageError(`${path} cannot be written: ${errorCode(error) || String(error)}`);
  });
  const { length: byteLength } = bytes;
  return { json: { name, file: path, byteLength }, text: `exported ${name}: ${byteLength} bytes in ${path}` };
}
