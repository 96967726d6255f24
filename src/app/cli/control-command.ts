import { errorCode } from "../../api/error-code.ts";
import { ControlCalls, type ControlInput } from "../../local/sdk/control-calls.ts";
import { ControlClientError } from "../../local/sdk/control-client-error.ts";
import type { OperationId } from "../../local/sdk/control-operations.ts";
import { ANSWERS, type CommandResult } from "./answers/answer-texts.ts";
import { trustedCasFor } from "../tls/trusted-cas.ts";
import { readControlLine } from "./commands/control-commands.ts";
import { fillRequest } from "./commands/fill-request.ts";
import type { Line } from "./commands/read-line.ts";
import { anotherProgramAt } from "./another-program.ts";
import { hasPath, noEmulatorAt, noEmulatorBelow } from "./no-emulator.ts";
import type { ControlSettings } from "./settings/settings.ts";

/** The maximum length shown of an answer from a proxy or another program on that port. */
const MAX_MESSAGE = 400;

/** A checked command line. */
interface Request {
  readonly line: Line;
  readonly ask: (calls: ControlCalls) => Promise<CommandResult>;
}

/** Calls a running emulator. Returns the exit code: 0, or 1 if the emulator refuses or a wait times out. */
export async function control(settings: ControlSettings): Promise<number> {
  const { args, endpoint, folder, tlsFolder } = settings;
  const { line, ask } = await readRequest(args, folder);
  const { endpoint: flag, json: isJson } = line.flags;
  const at = endpoint(flag === undefined ? undefined : String(flag));
  try {
    const {
      json,
      text,
      exitCode = 0,
      failure,
    } = await ask(new ControlCalls(at, trustedCasFor(at, tlsFolder)));
    print(isJson === undefined ? text : json);
    if (failure !== undefined) process.stderr.write(`healthimaging-local: ${failure}\n`);
    return exitCode;
  } catch (error) {
    if (!(error instanceof ControlClientError)) throw await explain(error, at);
    if (!isEmulators(error)) {
      if (hasPath(at)) throw noEmulatorBelow(at, error.status);
      const isPage = error.message.trimStart().startsWith("<");
      const other = isPage ? await anotherProgramAt(at) : undefined;
      if (other !== undefined) throw other;
    }
    if (isJson !== undefined) print({ ...error.details, httpStatus: error.status });
    throw new Error(messageOf(error), { cause: error });
  }
}

/** @param folder the base of relative file paths. @throws UsageError before anything is sent */
export async function readRequest(args: readonly string[], folder: string): Promise<Request> {
  const [found, line] = readControlLine(args);
  const filled = await fillRequest(found, line, folder);
  const { flags, positionals } = line;
  return { line, ask: (calls) => askFor(calls, found.id, filled, { flags, positionals, folder }) };
}

async function askFor<Id extends OperationId>(
  calls: ControlCalls,
  id: Id,
  filled: object,
  asked: Parameters<NonNullable<(typeof ANSWERS)[Id]>["show"]>[1],
): Promise<CommandResult> {
  const { accepts, show } = ANSWERS[id] ?? {};
  // The table's schemas have checked the input.
  const answer = await calls.ask(id, filled as ControlInput<Id>, accepts);
  return show?.(answer, asked) ?? { json: answer, text: JSON.stringify(answer) };
}

/** Whether a refusal comes from `/_local`: those have details besides a message. */
const isEmulators = ({ details }: ControlClientError): boolean =>
  Object.keys(details).some((key) => key !== "message");

/** One line for each problem of a scenario. */
function messageOf({ message, details }: ControlClientError): string {
  if ("errors" in details) return message;
  const [line = ""] = message.split("\n");
  return line.slice(0, MAX_MESSAGE);
}

/** Explains the system's errors of a failed connection, and answers that are not the emulator's. */
async function explain(error: unknown, endpoint: string): Promise<unknown> {
  if (errorCode(error) !== "") return noEmulatorAt(endpoint, errorCode(error));
  return (await anotherProgramAt(endpoint)) ?? error;
}

const print = (answer: unknown): void =>
  void process.stdout.write(`${typeof answer === "string" ? answer : JSON.stringify(answer, null, 2)}\n`);
