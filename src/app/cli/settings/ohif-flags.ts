import { OHIF } from "../commands/own-commands.ts";
import { readOwn, valueOf } from "../commands/read-line.ts";
import { readDatastore } from "./datastore-flag.ts";
import type { Environment } from "./flags.ts";
import { readEndpointSetting, readPort } from "./setting-values.ts";
import { readTlsFolder } from "./tls-flags.ts";
import { UsageError } from "./usage-error.ts";

export interface OhifSettings {
  readonly command: "ohif";
  /** An id or a name; undefined for the only one. */
  readonly datastore: string | undefined;
  /** A StudyInstanceUID; undefined for the list of studies. */
  readonly study: string | undefined;
  readonly endpoint: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly tlsFolder: string | undefined;
  /** Absolute: where node_modules is looked for. */
  readonly folder: string;
  /** The script of npm or npx that runs this process. */
  readonly npmExecPath: string | undefined;
}

/** @throws UsageError */
export function readOhif(args: readonly string[], env: Environment, folder: string): OhifSettings {
  const line = readOwn(OHIF, args);
  const datastore = valueOf(line, "datastore");
  return {
    command: "ohif",
    datastore: datastore === undefined ? undefined : readDatastore(datastore),
    study: readStudy(valueOf(line, "study")),
    endpoint: readEndpointSetting(valueOf(line, "endpoint"), env),
    port: readPort(valueOf(line, "port") ?? OHIF_PORT),
    tlsFolder: readTlsFolder(env, folder),
    folder,
    npmExecPath: env["npm_execpath"],
  };
}

const OHIF_PORT = OHIF.flags[2].default;

function readStudy(text: string | undefined): string | undefined {
  if (text === undefined || /^[\d.]{1,64}$/.test(text)) return text;
  throw new UsageError(`--study expects a StudyInstanceUID such as 1.2.840.113619.2.30.1, got '${text}'`);
}
