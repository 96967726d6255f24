import { resolve } from "node:path";
import { CONVERT, DEMO, HELP, HOSTS, VERSION_COMMAND } from "../commands/own-commands.ts";
import { readOwn, valueOf } from "../commands/read-line.ts";
import {
  readDoctor,
  readEnv,
  readImport,
  type DoctorSettings,
  type EnvSettings,
  type ImportSettings,
} from "./client-settings.ts";
import { variableOf, type Environment } from "./flags.ts";
import { checkNpmFlags, userFolder } from "./npm-script.ts";
import { readOhif, type OhifSettings } from "./ohif-flags.ts";
import { readServe, type ServeSettings } from "./serve-settings.ts";
import { readEndpointSetting } from "./setting-values.ts";
import { readHostsFlags, readTlsFolder, type HostsSettings } from "./tls-flags.ts";
import { UsageError } from "./usage-error.ts";

/** The settings of the command line and the environment. */
export type Settings =
  | ServeSettings
  | ImportSettings
  | EnvSettings
  | DoctorSettings
  | HostsSettings
  | OhifSettings
  | ConvertSettings
  | ControlSettings
  | { readonly command: "demo" | "version" }
  /** Help for these words; for all commands if there are none. */
  | { readonly command: "help" | "line-help"; readonly words: readonly string[] };

export interface ConvertSettings {
  readonly command: "convert";
  /** Absolute. */
  readonly data: string;
}

/** A command for a running emulator, with its own flags. */
export interface ControlSettings {
  readonly command: "control";
  /** Including the command's words. */
  readonly args: readonly string[];
  /** The emulator's endpoint, with or without the flag. @throws UsageError */
  readonly endpoint: (flag: string | undefined) => string;
  readonly tlsFolder: string | undefined;
  /** Absolute: the base of relative paths. */
  readonly folder: string;
}

/**
 * Reads flags, then `HEALTHIMAGING_LOCAL_<FLAG>`, then defaults.
 * @throws UsageError
 */
export function readSettings(args: readonly string[], env: Environment, cwd: string): Settings {
  checkNpmFlags(env);
  const [first] = args;
  if (first !== undefined && isHelp(first)) return { command: "line-help", words: wordsOf(...args.slice(1)) };
  if (first !== undefined && /^(?:--version|-v+)$/.test(first)) return { command: "version" };
  checkOrder(first);
  const [command = "serve", ...rest] = first?.startsWith("-") === true ? ["serve", ...args] : args;
  const name = commandOf(command);
  if (rest.some(isHelp)) return { command: "line-help", words: wordsOf(name, ...rest) };
  const folder = userFolder(env, cwd);
  switch (name) {
    case "serve":
      return readServe(rest, env, folder);
    case "import":
      return readImport(rest, env, folder);
    case "env":
      return readEnv(rest, env, folder);
    case "doctor":
      return readDoctor(rest, env, folder);
    case "hosts":
      return readHostsFlags(readOwn(HOSTS, rest));
    case "convert":
      return readConvert(rest, env, folder);
    case "ohif":
      return readOhif(rest, env, folder);
    case "demo":
      readOwn(DEMO, rest);
      return { command: name };
    case "version":
      readOwn(VERSION_COMMAND, rest);
      return { command: name };
    case "help":
      return {
        command: name,
        words: readOwn(HELP, rest).positionals.map((word, index) => (index === 0 ? commandOf(word) : word)),
      };
    default:
      return {
        command: "control",
        args: [name, ...rest],
        endpoint: (flag) => readEndpointSetting(flag, env),
        tlsFolder: readTlsFolder(env, folder),
        folder,
      };
  }
}

/** Also joined: `-vh`, `-hh`. */
const isHelp = (text: string): boolean => /^(?:--help|-v*h[hv]*)$/.test(text);

/** Flags that many commands have, and serve has not. */
const AFTER_COMMAND = /^--(?:endpoint|json)(?=$|=)/;

/** @throws UsageError if the line begins with such a flag, not with the command */
function checkOrder(first = ""): void {
  const [flag] = AFTER_COMMAND.exec(first) ?? [];
  if (flag !== undefined)
    throw new UsageError(`${flag} comes after the command, as in clock now ${flag}, got it before`);
}

/** `start` is another name for `serve`. */
const commandOf = (word: string): string => (word === "start" ? "serve" : word);

/** The command that help is asked for: `clock advance 5m --help`, `--help clock`. */
function wordsOf(...line: readonly string[]): string[] {
  const [first, ...others] = line.filter((text) => !text.startsWith("-"));
  return first === undefined ? [] : [commandOf(first), ...others];
}

function readConvert(args: readonly string[], env: Environment, folder: string): ConvertSettings {
  const data = valueOf(readOwn(CONVERT, args), "data") ?? variableOf(env, "data");
  if (data === undefined) throw new UsageError(CONVERT.usage);
  return { command: "convert", data: resolve(folder, data) };
}
