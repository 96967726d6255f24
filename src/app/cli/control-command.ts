import { ControlClient, ControlClientError } from "../../local/sdk/control-client.ts";
import { VERBS, type Given, type Verb } from "./control-verbs.ts";
import { parse } from "./settings/parse-flags.ts";
import type { ControlSettings } from "./settings/settings.ts";
import { UsageError } from "./settings/usage-error.ts";
import { errorCode } from "../../api/error-code.ts";

/** Of what a proxy, or another program on that port, may answer. */
const MAX_MESSAGE = 400;

/** Asks a running emulator; answers the exit code: 0, or 1 where it refuses or something is not in time. */
export async function control({ verb: name, args, endpoint, folder }: ControlSettings): Promise<number> {
  const verb = VERBS[name];
  if (verb === undefined) throw new UsageError(`unknown command ${name}`);
  const { flags, switches, positionals } = readFlags(name, verb, args);
  const isJson = switches.has("json");
  const ask = verb.read({ flags, switches, positionals, folder });
  const at = endpoint(flags["endpoint"]);
  try {
    const { json, text, exitCode = 0, failure } = await ask(new ControlClient(at));
    print(isJson ? json : text);
    if (failure !== undefined) process.stderr.write(`healthimaging-local: ${failure}\n`);
    return exitCode;
  } catch (error) {
    if (!(error instanceof ControlClientError)) throw explain(error, at);
    if (isJson) print({ ...error.details, httpStatus: error.status });
    throw new Error(messageOf(error), { cause: error });
  }
}

/** What is wrong with a scenario has a line for each. */
function messageOf({ message, details }: ControlClientError): string {
  if ("errors" in details) return message;
  const [line = ""] = message.split("\n");
  return line.slice(0, MAX_MESSAGE);
}

function readFlags(name: string, verb: Verb, args: readonly string[]): Omit<Given, "folder"> {
  const ofText = [...(verb.flags ?? []), "endpoint"].map((flag) => [flag, { type: "string" }] as const);
  const switches = [...(verb.switches ?? []), "json"];
  const options = Object.fromEntries([
    ...ofText,
    ...switches.map((flag) => [flag, { type: "boolean" }] as const),
  ]);
  const { values, positionals } = parse(name, args, options, verb.maxPositionals ?? 0);
  const given = switches.filter((flag) => values[flag] !== undefined);
  return { flags: values, switches: new Set(given), positionals };
}

/** The system's errors of a connection that could not be made. */
function explain(error: unknown, endpoint: string): unknown {
  if (errorCode(error) === "") return error;
  return new UsageError(
    `no emulator answers at ${endpoint}: start one with npm start, or name its address with --endpoint`,
  );
}

const print = (answer: unknown): void =>
  void process.stdout.write(`${typeof answer === "string" ? answer : JSON.stringify(answer, null, 2)}\n`);
