import { resolve } from "node:path";
import { DOCTOR, ENV, IMPORT } from "../commands/own-commands.ts";
import { readOwn, valueOf } from "../commands/read-line.ts";
import { readOrigins } from "./browser-flags.ts";
import { readDatastore } from "./datastore-flag.ts";
import { notEmpty, type Environment } from "./flags.ts";
import { readAccount, readRegion } from "./scope-flags.ts";
import { oneOf, readEndpointSetting } from "./setting-values.ts";
import { readTlsFolder } from "./tls-flags.ts";

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

const OUTPUTS = ["text", "json"] as const;
const SHELLS = ["sh", "fish", "powershell", "cmd", "dotenv"] as const;

/** @throws UsageError */
export function readImport(args: readonly string[], env: Environment, folder: string): ImportSettings {
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

/** @throws UsageError */
export function readEnv(args: readonly string[], env: Environment, folder: string): EnvSettings {
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

/** @throws UsageError */
export function readDoctor(args: readonly string[], env: Environment, folder: string): DoctorSettings {
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
