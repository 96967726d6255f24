import { readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { errorCode } from "../../../api/error-code.ts";
import { isResourceId } from "../../../api/arns.ts";
import { isAccount } from "../../../api/account.ts";
import { LocalError } from "../../../api/local-errors.ts";
import type { Resource } from "../../../domain/resource.ts";
import { readDuration } from "../../../domain/time/duration-text.ts";
import { EVERY } from "../../../domain/time/holds.ts";
import { allThrottles, operationNames } from "../../../api/model/operation-names.ts";
import { checkOperation, readSince, readStatusFilter } from "../../../local/control/read-filters.ts";
import {
  checkScenarioName,
  checkSnapshotName,
  readOne,
  readResource,
  readTime,
} from "../../../local/control/read-values.ts";
import { quote } from "../../../local/control/refusal.ts";
import type { Reader } from "../../../local/control/routes/command.ts";
import { FINDINGS } from "../answers/report-findings.ts";
import { readDenyFlag, readQuotasFlag, readThrottlingFlag } from "../settings/limit-flags.ts";
import { readSeed } from "../settings/seed-flag.ts";
import { UsageError } from "../settings/usage-error.ts";

/** A typed value. */
export interface Typed {
  /** Its name in messages: `--limit`, `DURATION`. */
  readonly label: string;
  readonly text: string;
  /** All values of an argument that may be repeated. */
  readonly texts: readonly string[];
  /** The current working directory: absolute. */
  readonly folder: string;
}

/** What each reader makes of a value in a request. @throws UsageError, LocalError */
export const READERS: Readonly<Record<Reader, (typed: Typed) => unknown>> = {
  account: ({ label, text }) => {
    if (!isAccount(text)) throw new UsageError(`${label} expects 12 digits, got '${text}'`);
    return text;
  },
  deny: ({ text }) => (text === "none" ? [] : readDenyFlag(text, operationNames())),
  quotas: ({ text, folder }) => readQuotasFlag(text, folder),
  throttling: ({ text, folder }) => readThrottlingFlag(text, folder, allThrottles()),
  duration: ({ text }) => {
    readDuration(text);
    return text;
  },
  durations: ({ texts }) => Object.fromEntries(texts.map(readNamedDuration)),
  file: ({ text, folder }) => readBytes(text, folder),
  findings: ({ label, text }) => {
    const known = Object.keys(FINDINGS);
    const unknown = text.split(",").find((name) => name !== "" && !known.includes(name));
    if (unknown !== undefined) throw new UsageError(`${label} expects ${known.join(",")}, got '${unknown}'`);
    return text;
  },
  newFile: ({ text, folder }) => checkNewFile(resolve(folder, text)),
  number: ({ label, text }) => {
    if (!/^[1-9]\d{0,4}$/.test(text))
      throw new UsageError(`${label} expects a number from 1 to 99999, got '${text}'`);
    return Number(text);
  },
  oneResource: ({ text }) => {
    checkId(readOne(readResource(text)));
    return text;
  },
  operation: ({ text }) => {
    checkOperation(text);
    return text;
  },
  resource: ({ text }) => {
    checkId(readResource(text));
    return text;
  },
  scenario: ({ text, folder }) => readScenario(text, folder),
  scenarioName: ({ text }) => {
    checkScenarioName(text);
    return text;
  },
  seed: ({ label, text }) => readSeed(label, text),
  since: ({ text }) => {
    readSince(text);
    return text;
  },
  snapshot: ({ text }) => {
    checkSnapshotName(text);
    return text;
  },
  statusFilter: ({ text }) => readStatusFilter(text),
  time: ({ text }) => {
    readTime(text);
    return text;
  },
};

/** @throws UsageError for anything that is wrong with it */
export async function readTyped(reader: Reader | undefined, typed: Typed): Promise<unknown> {
  if (reader === undefined) return typed.text;
  try {
    return await READERS[reader](typed);
  } catch (error) {
    throw error instanceof LocalError ? new UsageError(`${typed.label}: ${error.message}`) : error;
  }
}

/** @throws LocalError for what no resource has as its id */
function checkId({ id }: Resource): void {
  if (id === EVERY || isResourceId(id)) return;
  throw new LocalError("InvalidValue", `an id has 32 digits and small letters, got ${quote(id)}`);
}

/** `jobInProgressMs=2000`, `jobInProgressMs=PT2S`. */
function readNamedDuration(text: string): [name: string, value: string | number] {
  const [, name = "", value = ""] = /^(\w+)=(.+)$/.exec(text) ?? [];
  if (name === "")
    throw new UsageError(`durations expects NAME=VALUE, such as jobInProgressMs=2000, got '${text}'`);
  if (/^\d+$/.test(value)) return [name, Number(value)];
  readDuration(value);
  return [name, value];
}

async function readScenario(file: string, folder: string): Promise<string> {
  return readFile(resolve(folder, file), "utf8").catch((error: unknown) => {
    throw new UsageError(`the scenario ${resolve(folder, file)} cannot be read: ${codeOf(error)}`);
  });
}

/** Replaces an existing file. */
async function checkNewFile(path: string): Promise<string> {
  const isFolder = async (name: string): Promise<boolean> =>
    stat(name).then(
      (found) => found.isDirectory(),
      () => false,
    );
  if (await isFolder(path)) throw new UsageError(`${path} cannot be written: it is a folder`);
  if (await isFolder(dirname(path))) return path;
  throw new UsageError(`${path} cannot be written: the folder ${dirname(path)} does not exist`);
}

async function readBytes(file: string, folder: string): Promise<Uint8Array> {
  return readFile(resolve(folder, file)).catch((error: unknown) => {
    throw new UsageError(`${file} cannot be read: ${codeOf(error)}`);
  });
}

const codeOf = (error: unknown): string => errorCode(error) || String(error);
