import { closest } from "../../../domain/closest.ts";
import type { Command, Flag } from "../../../local/control/routes/command.ts";
import { CONTROL_ROUTES, type OperationId } from "../../../local/control/routes/control-routes.ts";
import type { ControlRoute } from "../../../local/control/routes/control-route.ts";
import { UsageError } from "../settings/usage-error.ts";
import { ENDPOINT_FLAG, OWN_COMMANDS } from "./own-commands.ts";
import { checkLine, formOf, readLine, type Line } from "./read-line.ts";

/** A command that calls an operation of `/_local` in a running emulator. */
export interface ControlCommand {
  readonly id: OperationId;
  readonly route: ControlRoute;
  readonly command: Command;
}

/** The flags of every such command. */
export const CONTROL_FLAGS: readonly Flag[] = [
  ENDPOINT_FLAG,
  { flag: "json", summary: "print the answer as JSON" },
];

/** All commands of the table of routes. */
export const controlCommands = (): ControlCommand[] =>
  Object.entries<ControlRoute>(CONTROL_ROUTES).flatMap(([id, route]) =>
    // The table's keys are the ids.
    (route.commands ?? []).map((command) => ({ id: id as OperationId, route, command })),
  );

/** The commands that start with this word. @throws UsageError for an unknown word */
export function commandsOf(name: string): [first: ControlCommand, ...others: ControlCommand[]] {
  const all = controlCommands();
  const [first, ...others] = all.filter(({ command }) => firstWord(command) === name);
  if (first !== undefined) return [first, ...others];
  const names = commandNames(all);
  const meant = closest(name, names);
  const hint = meant === undefined ? "." : `: did you mean ${meant}?`;
  throw new UsageError(`unknown command ${name}${hint} Expected one of ${names.join(", ")}`);
}

/** After the commands that a user tries first. */
const LAST: ReadonlySet<string> = new Set(["convert", "ohif", "help", "version"]);

function commandNames(all: readonly ControlCommand[]): string[] {
  const own = OWN_COMMANDS.map(firstWord);
  const isLast = (name: string): boolean => LAST.has(name);
  const control = new Set(all.map(({ command }) => firstWord(command)));
  return [...own.filter((name) => !isLast(name)), ...control, ...own.filter(isLast)];
}

export const firstWord = ({ words }: Command): string => words.split(" ")[0] ?? "";
export const laterWord = ({ words }: Command): string => words.split(" ").slice(1).join(" ");

/** The command of a line, and the line without the command's words. @throws UsageError */
export function readControlLine(args: readonly string[]): readonly [ControlCommand, Line] {
  const [name = "", ...rest] = args;
  const candidates = commandsOf(name);
  const flags = candidates.flatMap(({ command }) => command.flags ?? []);
  const line = readLine(name, [...flags, ...CONTROL_FLAGS], rest);
  const isGroup = candidates.some(({ command }) => laterWord(command) !== "");
  const [found, own] = isGroup ? findWithin(name, candidates, line) : [findForm(candidates, line), line];
  const usage = isGroup ? groupUsage(name, candidates) : found.command.usage;
  checkFlags(found.command, own);
  checkLine(found.command, own, usage, [...(found.command.flags ?? []), ...CONTROL_FLAGS]);
  return [found, own];
}

/** Finds the command by its second word, or the command without one. */
function findWithin(
  name: string,
  candidates: readonly ControlCommand[],
  line: Line,
): readonly [ControlCommand, Line] {
  const [word, ...positionals] = line.positionals;
  const found = candidates.find(({ command }) =>
    word === undefined ? command.isDefault === true : laterWord(command) === word,
  );
  if (found !== undefined) return [found, { ...line, positionals }];
  throw unknownWithin(name, candidates, word);
}

/** @param word undefined if there is none */
export function unknownWithin(
  name: string,
  candidates: readonly ControlCommand[],
  word: string | undefined,
): UsageError {
  const meant = closest(
    word ?? "",
    candidates.map(({ command }) => laterWord(command)),
  );
  const hint = meant === undefined ? "" : ` (did you mean ${name} ${meant}?)`;
  const got = word === undefined ? "" : `, got '${word}'`;
  return new UsageError(`${groupUsage(name, candidates)}${got}${hint}`);
}

/** Of commands with the same words, the one that accepts the given arguments. */
function findForm(
  [first, ...others]: readonly [ControlCommand, ...ControlCommand[]],
  line: Line,
): ControlCommand {
  const isBare = line.positionals.length === 0 && ownFlags(line).length === 0;
  const takesNothing = ({ command }: ControlCommand): boolean =>
    command.arguments === undefined && command.needsFlag !== true;
  return [first, ...others].find((candidate) => takesNothing(candidate) === isBare) ?? first;
}

const groupUsage = (name: string, candidates: readonly ControlCommand[]): string => {
  const forms = candidates.map(({ command }) => formOf(command).slice(name.length + 1));
  return `${name} expects ${forms.slice(0, -1).join(", ")} or ${forms.at(-1)}`;
};

function checkFlags({ words, flags = [] }: Command, line: Line): void {
  const surplus = ownFlags(line).find((name) => !flags.some(({ flag }) => flag === name));
  if (surplus !== undefined) throw new UsageError(`${words} does not accept --${surplus}`);
}

const ownFlags = ({ flags }: Line): string[] =>
  Object.keys(flags).filter((name) => !CONTROL_FLAGS.some(({ flag }) => flag === name));
