import type { Command, Flag } from "../../local/control/routes/command.ts";
import {
  commandsOf,
  CONTROL_FLAGS,
  controlCommands,
  firstWord,
  laterWord,
  unknownWithin,
  type ControlCommand,
} from "./commands/control-commands.ts";
import { OWN_COMMANDS, SERVE } from "./commands/own-commands.ts";
import { formOf } from "./commands/read-line.ts";
import { UsageError } from "./settings/usage-error.ts";

const NAME = "healthimaging-local";

/** A row: the command, and what it does. */
type Row = readonly [left: string, right: string];

/** Help for all commands, or for those that the words name. @throws UsageError for an unknown word */
export function describeHelp(words: readonly string[]): string {
  const [name = "", ...rest] = words;
  checkWords(name, rest);
  return describeLine(words);
}

/**
 * Help for a line with a help flag: `clock advance 5m --help`. Its arguments are ignored.
 * @throws UsageError for an unknown command
 */
export function describeLine(words: readonly string[]): string {
  const [name, ...rest] = words;
  if (name === undefined) return overview();
  const own = OWN_COMMANDS.find((command) => firstWord(command) === name);
  if (own !== undefined) return describeCommands([own], own.flags ?? [], own === SERVE ? [VARIABLES] : []);
  const candidates = commandsOf(name);
  const meant = candidates.filter(({ command }) => laterWord(command) === rest[0]);
  const commands = (meant.length > 0 ? meant : candidates).map(({ command }) => command);
  return describeCommands(commands, CONTROL_FLAGS, EXIT_CODES);
}

function checkWords(name: string, [later, ...rest]: readonly string[]): void {
  if (later === undefined) return;
  const isOwn = OWN_COMMANDS.some((command) => firstWord(command) === name);
  const candidates = isOwn ? [] : commandsOf(name);
  const [first, ...others] = candidates.filter(({ command }) => laterWord(command) !== "");
  if (first === undefined) throw new UsageError(`help of ${name} does not accept '${later}': help ${name}`);
  if (![first, ...others].some(({ command }) => laterWord(command) === later))
    throw unknownWithin(name, [first, ...others], later);
  const [surplus] = rest;
  const words = `${name} ${later}`;
  if (surplus !== undefined)
    throw new UsageError(`help of ${words} does not accept '${surplus}': help ${words}`);
}

function overview(): string {
  const own = OWN_COMMANDS.map((command): Row => [formOf(command), command.summary]);
  const control = [...Map.groupBy(controlCommands(), ({ command }) => firstWord(command))];
  return join([
    `${NAME}: AWS HealthImaging on this machine`,
    "",
    `  ${NAME} COMMAND [FLAGS]; without a command: serve`,
    "",
    ...table(own),
    "",
    "Commands for a running emulator",
    ...table(control.map(([name, commands]): Row => [name, summaryOf(commands)])),
    "",
    `Flags of serve`,
    ...table(SERVE.flags.map(flagRow)),
    "",
    VARIABLES,
    `A resource is datastore/ID, importJob/ID or imageSet/ID.`,
    ...EXIT_CODES,
    `Flags and examples of a command: ${NAME} help COMMAND`,
  ]);
}

const VARIABLES = "Each flag of serve is also an environment variable: HEALTHIMAGING_LOCAL_PORT ...";
const EXIT_CODES = [
  "Exit codes: 0; 1 if the emulator refuses, or if a wait or a check fails; 2 if the command line",
  "is wrong, or if no emulator answers.",
];

/** The subcommands, or what the command does. */
function summaryOf(commands: readonly ControlCommand[]): string {
  const later = commands.map(({ command }) => laterWord(command)).filter((word) => word !== "");
  const summaries = commands.map(({ command }) => command.summary);
  return later.length > 0 ? later.join(", ") : summaries.join("; ");
}

function describeCommands(
  commands: readonly Command[],
  flags: readonly Flag[],
  notes: readonly string[],
): string {
  const isOwn = commands.some((command) => command.flags === flags);
  const forms = commands.flatMap((command): Row[] => [
    [
      formOf(command),
      `${command.summary}${command.isDefault === true ? " (also without a second word)" : ""}`,
    ],
    ...(command.arguments ?? []).map(({ name, summary }): Row => [`  ${name}`, summary]),
    ...(isOwn ? [] : (command.flags ?? []).map(flagRow).map(([left, right]): Row => [`  ${left}`, right])),
  ]);
  return join([
    ...table(forms),
    ...(flags.length === 0 ? [] : ["", "Flags", ...table(flags.map(flagRow))]),
    "",
    "Examples",
    ...commands.flatMap(({ examples }) => examples.map((example) => `  ${NAME} ${example}`)),
    ...(notes.length === 0 ? [] : ["", ...notes]),
  ]);
}

const flagRow = ({ flag, value, summary, default: standard }: Flag): Row => [
  `--${flag}${value === undefined ? "" : ` ${value}`}`,
  standard === undefined ? summary : `${summary} [${standard}]`,
];

/** The text of a longer entry is on a line of its own. */
const MAX_LEFT = 28;

function table(rows: readonly Row[]): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length).filter((length) => length <= MAX_LEFT));
  return rows.flatMap(([left, right]) =>
    left.length <= width
      ? [`  ${left.padEnd(width)}  ${right}`]
      : [`  ${left}`, `  ${" ".repeat(width)}  ${right}`],
  );
}

const join = (lines: readonly string[]): string => `${lines.join("\n")}\n`;
