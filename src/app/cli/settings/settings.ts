import { dirname, resolve } from "node:path";
import type { RegionChoice } from "../../../api/regions.ts";
import type { BucketOwner } from "../../../domain/import-jobs/bucket-owner.ts";
import type { QuotaChanges } from "../../../domain/limits/quotas.ts";
import type { Throttling } from "../../../domain/limits/throttling.ts";
import { isScenarioFile } from "../../../local/scenarios/reading/scenario-name.ts";
import { readBucketOwners } from "./bucket-owner-flag.ts";
import { readDenyFlag, readQuotasFlag, readThrottlingFlag } from "./limit-flags.ts";
import type { ExternalS3 } from "../../../aws/s3/external-objects.ts";
import { readExternalS3 } from "./external-s3.ts";
import { LOG_FORMATS, LOG_LEVELS, type LogSettings } from "./log-settings.ts";
import { asOptions, asSwitches, notEmpty, readSwitch, variableOf, type Environment } from "./flags.ts";
import {
  DEFAULT_FRAME_CONTAINER,
  FRAME_CONTAINERS,
  type FrameContainer,
} from "../../../imaging/pixels/htj2k/frame-container.ts";
import { readAllowedHosts, readOrigins } from "./browser-flags.ts";
import { parse } from "./parse-flags.ts";
import { readAccount, readRegion, readRegions } from "./scope-flags.ts";
import { readMemory } from "./memory-flag.ts";
import { readSeed } from "./seed-flag.ts";
import { asUsage, oneOf, readEndpoint, readPort } from "./setting-values.ts";
import { UsageError } from "./usage-error.ts";

export type { Environment };

/** What the command line and the environment ask for. */
export type Settings =
  | ServeSettings
  | ImportSettings
  | EnvSettings
  | ControlSettings
  | { readonly command: "demo" | "help" | "version" };

export interface ServeSettings {
  readonly command: "serve";
  readonly port: number;
  readonly host: string;
  /** Absolute. */
  readonly data: string | undefined;
  /** Keep the data in a folder that holds something else. */
  readonly adoptData: boolean;
  /** Absolute: a folder to import before it is ready, or a snapshot's file to begin with. */
  readonly seed: string | undefined;
  /** Import files that links in the seed lead to, wherever they are. */
  readonly followLinks: boolean;
  readonly throttling: Throttling;
  readonly quotas: QuotaChanges;
  readonly deny: readonly string[];
  readonly cors: readonly string[];
  readonly allowHost: readonly string[];
  /** Names, and absolute paths of files. */
  readonly scenarios: readonly string[];
  readonly scenarioSeed: number | undefined;
  readonly frameContainer: FrameContainer;
  /** Bytes. */
  readonly importMemory: number | undefined;
  /** Of requests that say none. */
  readonly account: string;
  readonly region: string;
  readonly regions: RegionChoice;
  readonly bucketOwners: Readonly<Record<string, BucketOwner>>;
  readonly externalS3: ExternalS3 | undefined;
  readonly log: LogSettings;
  /** Run by npm in this package: it then ends when npm does. */
  readonly isNpmScript: boolean;
}

export interface ImportSettings {
  readonly command: "import";
  /** Absolute. */
  readonly folder: string;
  /** An id, or a name. */
  readonly datastore: string;
  /** Import files that links lead to, wherever they are. */
  readonly followLinks: boolean;
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly region: string;
}

export interface EnvSettings {
  readonly command: "env";
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly region: string;
  readonly shell: (typeof SHELLS)[number];
  /** What NODE_OPTIONS holds already. */
  readonly nodeOptions: string;
}

/** A command for a running emulator, whose flags are its own. */
export interface ControlSettings {
  readonly command: "control";
  readonly verb: string;
  readonly args: readonly string[];
  /** Where the emulator is, by the flag or without it. @throws UsageError */
  readonly endpoint: (flag: string | undefined) => string;
  /** Absolute: what paths are relative to. */
  readonly folder: string;
}

export { UsageError };

const SHELLS = ["sh", "fish", "powershell", "cmd", "dotenv"] as const;
const CONTROL_VERBS = [
  "reset",
  "clock",
  "limits",
  "wait",
  "durations",
  "status",
  "push",
  "hold",
  "release",
  "health",
  "report",
  "scenario",
  "requests",
  "snapshot",
] as const;

const FLAGS = [
  "port",
  "host",
  "data",
  "seed",
  "throttling",
  "quotas",
  "deny",
  "cors",
  "allow-host",
  "account",
  "region",
  "regions",
  "scenario-seed",
  "frame-container",
  "import-memory",
  "bucket-owner",
  "s3-endpoint",
  "log-level",
  "log-format",
] as const;
/** Flags without a value. */
const SWITCHES = ["adopt-data", "follow-links"] as const;

/**
 * Reads flags, then `HEALTHIMAGING_LOCAL_<FLAG>`, then defaults.
 * @throws UsageError
 */
export function readSettings(args: readonly string[], env: Environment, cwd: string): Settings {
  const [command = "serve", ...rest] = args[0]?.startsWith("-") ? ["serve", ...args] : args;
  if (rest.includes("--help") || rest.includes("-h")) return { command: "help" };
  const folder = userFolder(env, cwd);
  const verb = CONTROL_VERBS.find((name) => name === command);
  if (verb !== undefined) {
    return { command: "control", verb, args: rest, endpoint: (flag) => readEndpoint(flag, env), folder };
  }
  switch (command) {
    case "serve":
    case "start":
      return rest[0] === "--version" ? { command: "version" } : readServe(rest, env, folder);
    case "import":
      return readImport(rest, env, folder);
    case "env":
      return readEnv(rest, env);
    case "demo":
    case "help":
    case "version":
      parse(command, rest, {}, 0);
      return { command };
    default:
      throw new UsageError(
        `unknown command ${command}: it is one of serve, import, env, demo, ${CONTROL_VERBS.join(", ")}, help, version`,
      );
  }
}

function readServe(args: readonly string[], env: Environment, folder: string): ServeSettings {
  const options = { ...asOptions(FLAGS), ...asSwitches(SWITCHES), ...SCENARIO_FLAG };
  const { values, switches, scenarios = [] } = parse("serve", args, options, 0);
  const flag = (name: (typeof FLAGS)[number]): string | undefined => values[name] ?? variableOf(env, name);
  const isOn = (name: (typeof SWITCHES)[number]): boolean =>
    switches.has(name) || readSwitch(name, variableOf(env, name));
  const limit = <T>(
    name: (typeof FLAGS)[number],
    read: (text: string, folder: string) => T,
  ): T | undefined => {
    const text = flag(name);
    return text === undefined ? undefined : asUsage(`--${name}`, () => read(text, folder));
  };
  const folderOf = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : resolve(folder, path);
  return {
    command: "serve",
    port: readPort(flag("port")),
    host: flag("host") ?? "localhost",
    data: folderOf(flag("data")),
    adoptData: isOn("adopt-data"),
    seed: folderOf(flag("seed")),
    followLinks: isOn("follow-links"),
    throttling: limit("throttling", readThrottlingFlag) ?? "aws",
    quotas: limit("quotas", readQuotasFlag) ?? {},
    deny: limit("deny", readDenyFlag) ?? [],
    cors: readOrigins(flag("cors")),
    allowHost: readAllowedHosts(flag("allow-host")),
    scenarios: readScenarios(scenarios, notEmpty(env["HEALTHIMAGING_LOCAL_SCENARIO"]), folder),
    scenarioSeed: readSeed("--scenario-seed", flag("scenario-seed")),
    frameContainer: oneOf(
      "--frame-container",
      FRAME_CONTAINERS,
      flag("frame-container") ?? DEFAULT_FRAME_CONTAINER,
    ),
    importMemory: readMemory("--import-memory", flag("import-memory")),
    account: readAccount(flag("account")),
    region: readRegion(flag("region")),
    regions: readRegions(flag("regions"), flag("region")),
    bucketOwners: readBucketOwners(flag("bucket-owner")),
    externalS3: readExternalS3(flag("s3-endpoint"), env),
    log: {
      level: oneOf("--log-level", LOG_LEVELS, flag("log-level") ?? "info"),
      format: oneOf("--log-format", LOG_FORMATS, flag("log-format") ?? "text"),
    },
    isNpmScript: isNpmScript(env),
  };
}

function readImport(args: readonly string[], env: Environment, folder: string): ImportSettings {
  const options = { ...asOptions(["datastore", "endpoint"]), ...asSwitches(["follow-links"]) };
  const { values, switches, positionals } = parse("import", args, options, 1);
  const [source] = positionals;
  if (source === undefined)
    throw new UsageError("import takes the folder to import: import ./my-dicom --datastore demo");
  if (values["datastore"] === undefined)
    throw new UsageError("import needs --datastore with the id or the name of a data store");
  return {
    command: "import",
    folder: resolve(folder, source),
    datastore: values["datastore"],
    followLinks: switches.has("follow-links"),
    endpoint: readEndpoint(values["endpoint"], env),
    accessKeyId: notEmpty(env["AWS_ACCESS_KEY_ID"]) ?? "test",
    region: notEmpty(env["AWS_REGION"]) ?? notEmpty(env["AWS_DEFAULT_REGION"]) ?? "us-east-1",
  };
}

function readEnv(args: readonly string[], env: Environment): EnvSettings {
  const { values } = parse("env", args, asOptions(["endpoint", "account", "region", "shell"]), 0);
  const shell = oneOf("--shell", SHELLS, values["shell"] ?? "sh");
  return {
    command: "env",
    endpoint: readEndpoint(values["endpoint"], env),
    accessKeyId: values["account"] === undefined ? "test" : readAccount(values["account"]),
    region: readRegion(values["region"]),
    shell,
    nodeOptions: env["NODE_OPTIONS"] ?? "",
  };
}

/** May be given several times. */
const SCENARIO_FLAG = { scenario: { type: "string", multiple: true } } as const;

function readScenarios(flags: readonly string[], variable: string | undefined, folder: string): string[] {
  const texts = flags.length > 0 ? flags : (variable ?? "").split(",");
  return texts
    .map((text) => text.trim())
    .filter((text) => text !== "")
    .map((text) => (isScenarioFile(text) ? resolve(folder, text) : text));
}

/** npm runs a script in the package's folder and says in INIT_CWD where its user stands. */
function userFolder(env: Environment, cwd: string): string {
  const packageFolder = dirname(env["npm_package_json"] ?? "");
  return isNpmScript(env) && packageFolder === cwd ? (env["INIT_CWD"] ?? cwd) : cwd;
}

const isNpmScript = (env: Environment): boolean =>
  env["npm_package_name"] === "healthimaging-local" && env["npm_package_json"] !== undefined;
