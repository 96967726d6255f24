import { resolve } from "node:path";
import {
  DEFAULT_RELEASE,
  RELEASE_NAMES,
  resolveRelease,
  type ServiceRelease,
} from "../../../api/releases/service-release.ts";
import type { RegionChoice } from "../../../api/regions.ts";
import type { ExternalS3 } from "../../../aws/s3/external-s3-options.ts";
import type { BucketOwner } from "../../../domain/import-jobs/bucket-owner.ts";
import type { QuotaChanges } from "../../../domain/limits/quotas.ts";
import type { Throttling } from "../../../domain/limits/throttling.ts";
import {
  DEFAULT_FRAME_CONTAINER,
  FRAME_CONTAINERS,
  type FrameContainer,
} from "../../../imaging/pixels/htj2k/frame-container.ts";
import { isScenarioFile } from "../../../local/scenarios/reading/scenario-name.ts";
import { START_DEFAULTS } from "../../../local/sdk/start-defaults.ts";
import { servedOperations } from "../../operations/served-operations.ts";
import type { TlsOptions } from "../../tls/open-tls.ts";
import { SERVE } from "../commands/own-commands.ts";
import { readOwn, valueOf } from "../commands/read-line.ts";
import { readAllowedHosts, readOrigins } from "./browser-flags.ts";
import { readBucketOwners } from "./bucket-owner-flag.ts";
import { readExternalS3 } from "./external-s3.ts";
import { notEmpty, readSwitch, variableOf, type Environment } from "./flags.ts";
import { readDenyFlag, readQuotasFlag, readThrottlingFlag } from "./limit-flags.ts";
import { LOG_FORMATS, LOG_LEVELS, type LogSettings } from "./log-settings.ts";
import { MIN_IMPORT_MEMORY } from "../../../importer/workers/import-memory.ts";
import { readMemory } from "./memory-flag.ts";
import { isNpmScript } from "./npm-script.ts";
import { readAccount, readRegion, readRegions } from "./scope-flags.ts";
import { readSeed } from "./seed-flag.ts";
import { asUsage, oneOf, readPort } from "./setting-values.ts";
import { findMistypedRegion, findUnreadVariables } from "./setting-warnings.ts";
import { readTls } from "./tls-flags.ts";

/** What an emulator is started with. */
export interface ServeSettings {
  readonly command: "serve";
  readonly port: number;
  readonly host: string;
  /** Absolute. */
  readonly data: string | undefined;
  /** Keeps the data in a folder that holds something else. */
  readonly adoptData: boolean;
  readonly serviceRelease: ServiceRelease;
  readonly dicomweb: boolean;
  /** Absolute: a folder that is imported before the server is ready, or a snapshot's file to start from. */
  readonly seed: string | undefined;
  /** Imports files that links in the seed point to, wherever they are. */
  readonly followLinks: boolean;
  readonly throttling: Throttling;
  readonly quotas: QuotaChanges;
  readonly deny: readonly string[];
  /** Whether browsers get the console. */
  readonly console: boolean;
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

type ServeFlags = (typeof SERVE.flags)[number];
/** Flags with a value, and those without. */
type ServeFlag = Extract<ServeFlags, { readonly value: string }>["flag"];
type ServeSwitch = Exclude<ServeFlags, { readonly value: string }>["flag"];

/** @throws UsageError */
export function readServe(args: readonly string[], env: Environment, folder: string): ServeSettings {
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
  const dicomweb = isOn("dicomweb");
  const served = () => servedOperations(serviceRelease, dicomweb);
  const region = readRegion(flag("region"));
  return {
    command: "serve",
    port: readPort(flag("port")),
    host: flag("host") ?? START_DEFAULTS.server.host,
    data: folderOf(flag("data")),
    adoptData: isOn("adopt-data"),
    serviceRelease,
    dicomweb,
    seed: folderOf(flag("seed")),
    followLinks: isOn("follow-links"),
    throttling:
      limit("throttling", (text) => readThrottlingFlag(text, folder, served().publishedThrottles)) ??
      START_DEFAULTS.server.throttling,
    quotas: limit("quotas", readQuotasFlag) ?? {},
    deny: limit("deny", (text) => readDenyFlag(text, served().served.operations.keys())) ?? [],
    console: oneOf("--console", ["on", "off"], flag("console") ?? "on") === "on",
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

/** @throws UsageError */
const readRelease = (text = DEFAULT_RELEASE): ServiceRelease =>
  resolveRelease(oneOf("--service-release", RELEASE_NAMES, text));

function readScenarios(flags: readonly string[], variable: string | undefined, folder: string): string[] {
  const texts = flags.length > 0 ? flags : (variable ?? "").split(",");
  return texts
    .map((text) => text.trim())
    .filter((text) => text !== "")
    .map((text) => (isScenarioFile(text) ? resolve(folder, text) : text));
}
