import { parseArgs } from "node:util";
import { nearest } from "../../../domain/closest.ts";
import type { Command, Flag } from "../../../local/control/routes/command.ts";
import { UsageError } from "../settings/usage-error.ts";

/** The arguments and flags of a command line. */
export interface Line {
  /** By name: the value, the last one if there are several; true for a flag without a value. */
  readonly flags: Readonly<Record<string, string | true | undefined>>;
  /** Every value of a flag that may be repeated. */
  readonly repeated: Readonly<Record<string, readonly string[]>>;
  readonly positionals: readonly string[];
}

type Options = Readonly<Record<string, { readonly type: "string" | "boolean"; readonly multiple: true }>>;

/**
 * Parses flags and arguments.
 * @param name the command's name in messages
 * @throws UsageError that names the valid flags, or where help has them
 */
export function readLine(name: string, flags: readonly Flag[], args: readonly string[]): Line {
  const names = flagNames(flags);
  const refuse = (reason: string, hint = ""): UsageError =>
    new UsageError(`${reason}${hint} (${describeFlags(name, flags)})`);
  const { values, positionals } = parse(optionsOf(flags), args, (reason) =>
    refuse(sayNeed(reason, flags) ?? reason, hintFor(reason, names)),
  );
  const empty = Object.entries(values).find(([, given]) => given.includes(""));
  if (empty !== undefined) throw refuse(`--${empty[0]} is empty`);
  if (positionals.includes("")) throw refuse("An argument is empty");
  const repeated = Object.fromEntries(
    Object.entries(values).map(([flag, given]) => [flag, given.filter((value) => value !== true)]),
  );
  const last = Object.entries(values).map(([flag, given]) => [flag, given.at(-1)] as const);
  return { flags: Object.fromEntries(last), repeated, positionals };
}

/**
 * @param usage shown where something is missing
 * @param taken flags that are listed where there are too many arguments
 * @throws UsageError if there are too many arguments, or if a required argument or flag is missing
 */
export function checkLine(
  command: Command,
  { flags, positionals }: Line,
  usage: string | undefined,
  taken = command.flags ?? [],
): void {
  const { words, arguments: given = [], flags: known = [] } = command;
  const isSubcommand = words.includes(" ");
  const required = given.filter(({ isOptional }) => isOptional !== true);
  const isMany = given.some((argument) => argument.isMany);
  const surplus = isMany ? undefined : positionals[given.length];
  if (surplus !== undefined)
    throw new UsageError(
      isSubcommand
        ? `${words} does not accept '${surplus}': ${usage}`
        : `Unexpected argument '${surplus}' (${describeFlags(words, taken)})`,
    );
  const missing = known.find(({ flag, isRequired }) => isRequired === true && flags[flag] === undefined);
  const needed =
    required[positionals.length]?.name ?? (missing && `--${missing.flag} ${missing.value ?? ""}`);
  if (needed === undefined) return;
  const missed = `${words} needs ${needed}: ${usage ?? formOf(command)}`;
  throw new UsageError(isSubcommand ? missed : (usage ?? missed));
}

/** Parses and checks the arguments of a command that has no subcommands. @throws UsageError */
export function readOwn(command: Command, args: readonly string[]): Line {
  const { words, flags = [] } = command;
  const line = readLine(words, flags, args);
  checkLine(command, line, command.usage);
  return line;
}

/** The value of a flag; undefined if it was not given. */
export const valueOf = ({ flags }: Line, name: string): string | undefined =>
  flags[name] === undefined ? undefined : String(flags[name]);

/** The usage of a command: `clock freeze [TIME]`, `import DIR --datastore NAME`. */
export function formOf({ words, arguments: given = [], flags = [] }: Command): string {
  const required = flags.filter(({ isRequired }) => isRequired === true);
  const names = given.map(({ name, isOptional, isMany }) => {
    const many = isMany === true ? `${name} ...` : name;
    return isOptional === true ? `[${many}]` : many;
  });
  return [words, ...names, ...required.map(({ flag, value }) => `--${flag} ${value ?? ""}`.trim())].join(" ");
}

/** More flags are not listed in a message. */
const MAX_LISTED = 6;

function describeFlags(name: string, flags: readonly Flag[]): string {
  const names = flagNames(flags);
  if (names.length > MAX_LISTED) return `healthimaging-local help ${name} lists its flags`;
  return `flags of ${name}: ${names.length === 0 ? "none" : names.join(", ")}`;
}

/** Flags with a value come first. */
function flagNames(flags: readonly Flag[]): string[] {
  const names = new Set(
    flags
      .toSorted((a, b) => Number(a.value === undefined) - Number(b.value === undefined))
      .map(({ flag }) => flag),
  );
  return [...names].map((flag) => `--${flag}`);
}

const optionsOf = (flags: readonly Flag[]): Options =>
  Object.fromEntries(
    flags.map(({ flag, value }) => [
      flag,
      { type: value === undefined ? ("boolean" as const) : ("string" as const), multiple: true as const },
    ]),
  );

/** A process argument cannot contain this character. */
const SHIELD = "\0";

/** `-5m` is a value, not a flag: the reader of the value says what is wrong with it. */
const shield = (arg: string): string => (/^-\d/.test(arg) ? `${SHIELD}${arg}` : arg);
const unshield = (arg: string): string => (arg.startsWith(SHIELD) ? arg.slice(SHIELD.length) : arg);

/** Replaces Node's message about a missing value; undefined if the message is about something else. */
function sayNeed(reason: string, flags: readonly Flag[]): string | undefined {
  const [, name, trouble] =
    /^Option '--([\w-]+)(?: <value>)?' (argument is ambiguous|argument missing|does not take an argument)/.exec(
      reason,
    ) ?? [];
  const meant = flags.find(({ flag }) => flag === name);
  if (meant === undefined) return undefined;
  const { flag, value = "", summary } = meant;
  if (trouble === "does not take an argument") return `--${flag} does not take a value`;
  const joined =
    trouble === "argument missing" ? "" : `; a value that begins with a dash needs the form --${flag}=-x`;
  return `--${flag} needs ${value}: ${summary}${joined}`;
}

function parse(options: Options, args: readonly string[], refuse: (reason: string) => UsageError) {
  try {
    const parsed = parseArgs({ args: args.map(shield), options, allowPositionals: true, strict: true });
    const values = parsed.values as Record<string, (string | true)[]>;
    const given = Object.entries(values).map(([flag, all]) => [
      flag,
      all.map((value) => (value === true ? value : unshield(value))),
    ]);
    return {
      positionals: parsed.positionals.map(unshield),
      values: Object.fromEntries(given) as typeof values,
    };
  } catch (error) {
    // The first sentence says what is wrong; the rest of Node's message does not apply here.
    const [reason = ""] = String(error instanceof Error ? error.message : error).split(
      /\.? To specify|\. This command|\n/,
    );
    throw refuse(reason.replace(/\.$/, ""));
  }
}

/** How many flags a hint names. */
const MAX_MEANT = 3;

function hintFor(reason: string, names: readonly string[]): string {
  const [, unknown] = /^Unknown option '(--[^']+)'/.exec(reason) ?? [];
  const [last, ...others] = unknown === undefined ? [] : nearest(unknown, names, MAX_MEANT).toReversed();
  if (last === undefined) return "";
  return `: did you mean ${others.length === 0 ? "" : `${others.toReversed().join(", ")} or `}${last}?`;
}
