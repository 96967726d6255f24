import { resolve } from "node:path";
import {
  DEFAULT_RELEASE,
  RELEASE_NAMES,
  resolveRelease,
  type ServiceRelease,
} from "../../../api/releases/service-release.ts";
import type { RegionChoice } from "../../../api/regions.ts";
import type { BucketOwner } from "../../../domain/import-jobs/bucket-owner.ts";
import type { QuotaChanges } from "../../../domain/limits/quotas.ts";
import type { Throttling } from "../../../domain/limits/throttling.ts";
import type { Command } from "../../../local/control/routes/command.ts";
import { isScenarioFile } from "../../../local/scenarios/reading/scenario-name.ts";
import {
  CONVERT,
  DEMO,
  DOCTOR,
  ENV,
  HELP,
  HOSTS,
  IMPORT,
  SERVE,
  VERSION_COMMAND,
} from "../commands/own-commands.ts";
import { START_DEFAULTS } from "../../../local/sdk/start-defaults.ts";
import { checkLine, readLine, type Line } from "../commands/read-line.ts";
import { readBucketOwners } from "./bucket-owner-flag.ts";
import { readDenyFlag, readQuotasFlag, readThrottlingFlag } from "./limit-flags.ts";
import type { ExternalS3 } from "../../../aws/s3/external-s3-options.ts";
import { readDatastore } from "./datastore-flag.ts";
import { readExternalS3 } from "./external-s3.ts";
import { LOG_FORMATS, LOG_LEVELS, type LogSettings } from "./log-settings.ts";
import { notEmpty, readSwitch, variableOf, type Environment } from "./flags.ts";
import {
  DEFAULT_FRAME_CONTAINER,
  FRAME_CONTAINERS,
  type FrameContainer,
} from "../../../imaging/pixels/htj2k/frame-container.ts";
import { readAllowedHosts, readOrigins } from "./browser-flags.ts";
import { readAccount, readRegion, readRegions } from "./scope-flags.ts";
import { readHostsFlags, readTls, readTlsFolder, type HostsSettings } from "./tls-flags.ts";
import type { TlsOptions } from "../../tls/open-tls.ts";
import { MIN_IMPORT_MEMORY } from "../../../importer/workers/import-memory.ts";
import { readMemory } from "./memory-flag.ts";
import { checkNpmFlags, isNpmScript, userFolder } from "./npm-script.ts";
import { readSeed } from "./seed-flag.ts";
import { findMistypedRegion, findUnreadVariables } from "./setting-warnings.ts";
import { asUsage, oneOf, readEndpointSetting, readPort } from "./setting-values.ts";
import { UsageError } from "./usage-error.ts";

export type { Environment };

/** The settings of the command line and the environment. */
export type Settings =
  | ServeSettings
  | ImportSettings
  | EnvSettings
  | DoctorSettings
  | HostsSettings
  | ConvertSettings
  | ControlSettings
  | { readonly command: "demo" | "version" }
  /** Help for these words; for all commands if there are none. */
  | { readonly command: "help" | "line-help"; readonly words: readonly string[] };

export interface ServeSettings {
  readonly command: "serve";
  readonly port: number;
  readonly host: string;
  /** Absolute. */
  readonly data: string | undefined;
  /** Keeps the data in a folder that holds something else. */
  readonly adoptData: boolean;
  readonly serviceRelease: ServiceRelease;
  /** Absolute: a folder that is imported before the server is ready, or a snapshot's file to start from. */
  readonly seed: string | undefined;
  /** Imports files that links in the seed point to, wherever they are. */
  readonly followLinks: boolean;
  readonly throttling: Throttling;
  readonly quotas: QuotaChanges;
  readonly deny: readonly string[];
  readonly cors: readonly string[];
  readonly allowHost: readonly string[];
  /** Undefined where it speaks plain HTTP. */
  readonly tls: TlsOptions | undefined;
  /** Names, and absolute paths of files. */
  readonly scenarios: readonly string[];
  readonly scenarioSeed: number | undefined;
  readonly frameContainer: FrameContainer;
  /** Bytes. */
  readonly importMemory: number | undefined;
  /** Account and region of requests without credentials. */
  readonly account: string;
  readonly region: string;
  readonly regions: RegionChoice;
  readonly bucketOwners: Readonly<Record<string, BucketOwner>>;
  readonly externalS3: ExternalS3 | undefined;
  readonly log: LogSettings;
  /** What is probably a mistake, but no error. */
  readonly warnings: readonly string[];
  /** Whether npm runs this as a script of the package: it then ends when npm does. */
  readonly isNpmScript: boolean;
}

export interface ImportSettings {
  readonly command: "import";
  /** Absolute. */
  readonly folder: string;
  /** An id or a name. */
  readonly datastore: string;
  /** Imports files that links point to, wherever they are. */
  readonly followLinks: boolean;
  readonly endpoint: string;
  /** Absolute: where the CA of an endpoint of HTTPS is looked for. */
  readonly tlsFolder: string | undefined;
  readonly accessKeyId: string;
  readonly region: string;
}

export interface EnvSettings {
  readonly command: "env";
  readonly endpoint: string;
  readonly tlsFolder: string | undefined;
  readonly accessKeyId: string;
  readonly region: string;
  readonly shell: (typeof SHELLS)[number];
  /** The current value of NODE_OPTIONS. */
  readonly nodeOptions: string;
  /** The present value of AWS_ENDPOINT_URL: where services without an endpoint of their own are. */
  readonly commonEndpoint: string | undefined;
}

export interface DoctorSettings {
  readonly command: "doctor";
  readonly endpoint: string;
  readonly tlsFolder: string | undefined;
  /** Of a web page that is to read answers. */
  readonly origin: string | undefined;
  readonly output: (typeof OUTPUTS)[number];
  readonly env: Environment;
}

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

export { UsageError };

const OUTPUTS = ["text", "json"] as const;
const SHELLS = ["sh", "fish", "powershell", "cmd", "dotenv"] as const;

type ServeFlags = (typeof SERVE.flags)[number];
/** Flags with a value, and those without. */
type ServeFlag = Extract<ServeFlags, { readonly value: string }>["flag"];
type ServeSwitch = Exclude<ServeFlags, { readonly value: string }>["flag"];

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

function readOwn(command: Command, args: readonly string[]): Line {
  const { words, flags = [] } = command;
  const line = readLine(words, flags, args);
  checkLine(command, line, command.usage);
  return line;
}

/** The value of a flag; undefined if it was not given. */
const valueOf = ({ flags }: Line, name: string): string | undefined =>
  flags[name] === undefined ? undefined : String(flags[name]);

function readServe(args: readonly string[], env: Environment, folder: string): ServeSettings {
  const line = readOwn(SERVE, args);
  const flag = (name: ServeFlag): string | undefined => valueOf(line, name) ?? variableOf(env, name);
  const isOn = (name: ServeSwitch): boolean =>
    line.flags[name] === true || readSwitch(name, variableOf(env, name));
  const limit = <T>(name: ServeFlag, read: (text: string, folder: string) => T): T | undefined => {
    const text = flag(name);
    return text === undefined ? undefined : asUsage(`--${name}`, () => read(text, folder));
  };
  const folderOf = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : resolve(folder, path);
  const serviceRelease = readRelease(flag("service-release"));
  const region = readRegion(flag("region"));
  return {
    command: "serve",
    port: readPort(flag("port")),
    host: flag("host") ?? START_DEFAULTS.server.host,
    data: folderOf(flag("data")),
    adoptData: isOn("adopt-data"),
    serviceRelease,
    seed: folderOf(flag("seed")),
    followLinks: isOn("follow-links"),
    throttling: limit("throttling", readThrottlingFlag) ?? START_DEFAULTS.server.throttling,
    quotas: limit("quotas", readQuotasFlag) ?? {},
    deny: limit("deny", readDenyFlag) ?? [],
    cors: readOrigins(flag("cors")),
    allowHost: readAllowedHosts(flag("allow-host")),
    tls: readTls({ isOn: isOn("tls"), hosts: flag("tls-host"), folder: folderOf(flag("tls-folder")) }),
    scenarios: readScenarios(
      line.repeated["scenario"] ?? [],
      notEmpty(env["HEALTHIMAGING_LOCAL_SCENARIO"]),
      folder,
    ),
    scenarioSeed: readSeed("--scenario-seed", flag("scenario-seed")),
    frameContainer: oneOf(
      "--frame-container",
      FRAME_CONTAINERS,
      flag("frame-container") ?? DEFAULT_FRAME_CONTAINER,
    ),
    importMemory: readMemory("--import-memory", flag("import-memory"), MIN_IMPORT_MEMORY),
    account: readAccount(flag("account")),
    region,
    regions: readRegions(flag("regions"), region, serviceRelease),
    bucketOwners: readBucketOwners(flag("bucket-owner")),
    externalS3: readExternalS3(flag("s3-endpoint"), env),
    log: {
      level: oneOf("--log-level", LOG_LEVELS, flag("log-level") ?? "info"),
      format: oneOf("--log-format", LOG_FORMATS, flag("log-format") ?? "text"),
    },
    warnings: [...findUnreadVariables(env), ...findMistypedRegion(region, serviceRelease)],
    isNpmScript: isNpmScript(env),
  };
}

function readImport(args: readonly string[], env: Environment, folder: string): ImportSettings {
  const line = readOwn(IMPORT, args);
  const [source = ""] = line.positionals;
  return {
    command: "import",
    folder: resolve(folder, source),
    datastore: readDatastore(valueOf(line, "datastore") ?? ""),
    followLinks: line.flags["follow-links"] === true,
    endpoint: readEndpointSetting(valueOf(line, "endpoint"), env),
    tlsFolder: readTlsFolder(env, folder),
    accessKeyId: notEmpty(env["AWS_ACCESS_KEY_ID"]) ?? "test",
    region: notEmpty(env["AWS_REGION"]) ?? notEmpty(env["AWS_DEFAULT_REGION"]) ?? "us-east-1",
  };
}

function readEnv(args: readonly string[], env: Environment, folder: string): EnvSettings {
  const line = readOwn(ENV, args);
  const account = valueOf(line, "account");
  return {
    command: "env",
    endpoint: readEndpointSetting(valueOf(line, "endpoint"), env),
    tlsFolder: readTlsFolder(env, folder),
    accessKeyId: account === undefined ? "test" : readAccount(account),
    region: readRegion(valueOf(line, "region")),
    shell: oneOf("--shell", SHELLS, valueOf(line, "shell") ?? "sh"),
    nodeOptions: env["NODE_OPTIONS"] ?? "",
    commonEndpoint: notEmpty(env["AWS_ENDPOINT_URL"]),
  };
}

function readDoctor(args: readonly string[], env: Environment, folder: string): DoctorSettings {
  const line = readOwn(DOCTOR, args);
  const [origin] = readOrigins(valueOf(line, "origin"), "--origin");
  return {
    command: "doctor",
    endpoint: readEndpointSetting(valueOf(line, "endpoint"), env),
    tlsFolder: readTlsFolder(env, folder),
    origin,
    output: oneOf("--output", OUTPUTS, valueOf(line, "output") ?? "text"),
    env,
  };
}

/** @throws UsageError */
const readRelease = (text = DEFAULT_RELEASE): ServiceRelease =>
  resolveRelease(oneOf("--service-release", RELEASE_NAMES, text));

function readConvert(args: readonly string[], env: Environment, folder: string): ConvertSettings {
  const data = valueOf(readOwn(CONVERT, args), "data") ?? variableOf(env, "data");
  if (data === undefined) throw new UsageError(CONVERT.usage);
  return { command: "convert", data: resolve(folder, data) };
}

function readScenarios(flags: readonly string[], variable: string | undefined, folder: string): string[] {
  const texts = flags.length > 0 ? flags : (variable ?? "").split(",");
  return texts
    .map((text) => text.trim())
    .filter((text) => text !== "")
    .map((text) => (isScenarioFile(text) ? resolve(folder, text) : text));
}
