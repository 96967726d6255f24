import { pino, stdTimeFunctions, type DestinationStream, type Logger } from "pino";
import type { Log } from "../../domain/log.ts";
import { LOG_LEVELS, type LogSettings } from "./settings/log-settings.ts";
import { bucketFileAfter } from "../log/bucket-file.ts";
import type { RequestEntry } from "../log/request-entry.ts";

export interface ServerLog {
  readonly log: Log;
  readonly onRequest: (entry: RequestEntry) => void;
}

/** The log of a serving process goes to standard error: standard output has only requested output. */
export function createServerLog({ level, format }: LogSettings, stream: DestinationStream): ServerLog {
  let logger: Logger | undefined;
  // Created with the first line, so that a start does not wait for it.
  const create = (): Logger =>
    pino(
      {
        level,
        base: undefined,
        timestamp: stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
      },
      format === "json" ? stream : { write: (line) => stream.write(asText(line)) },
    );
  const write: Write = (lineLevel, message, fields = () => ({})) => {
    if (LOG_LEVELS.indexOf(lineLevel) <= LOG_LEVELS.indexOf(level))
      (logger ??= create())[lineLevel](fields(), typeof message === "string" ? message : message());
  };
  const log: Log = {
    info: (message, fields = {}) => write("info", message, () => fields),
    warn: (message) => write("warn", message),
    error: (message, cause) =>
      write("error", message, () => (cause === undefined ? {} : { err: toError(cause) })),
  };
  return { log, onRequest: requestsTo(write) };
}

/** Computes the fields of a line only if it is written. */
type Write = (level: LogSettings["level"], message: string | (() => string), fields?: () => object) => void;

/** The emulator's own failures are always logged; callers' errors and scenario effects at their level. */
const requestsTo =
  (write: Write) =>
  (entry: RequestEntry): void => {
    write(
      levelOf(entry),
      () => describe(entry),
      () => ({
        ...entry,
        durationMs: Math.round(entry.durationMs * 1000) / 1000,
      }),
    );
  };

function levelOf({ status, error, faults, brokeOff }: RequestEntry): LogSettings["level"] {
  if (status >= 500) return "error";
  if (error === "ThrottlingException") return "warn";
  return status >= 400 || faults !== undefined || brokeOff !== undefined ? "info" : "debug";
}

/** `GetImageFrame 429 ThrottlingException: MESSAGE (HINT) [fault nightly/busy#3]` */
function describe({ operation, status, error, message, hint, brokeOff, faults }: RequestEntry): string {
  const parts = [operation];
  if (status !== 0) parts.push(String(status));
  if (error !== undefined) parts.push(message === undefined ? error : `${error}: ${message}`);
  if (hint !== undefined && message?.includes(hint) !== true) parts.push(`(${hint})`);
  if (brokeOff !== undefined) parts.push(`broke off (${brokeOff})`);
  if (faults !== undefined) parts.push(`[fault ${faults.join(", ")}]`);
  return parts.join(" ");
}

const toError = (cause: unknown): Error =>
  cause instanceof Error ? withoutKeys(cause) : new Error(JSON.stringify(cause));

const BUCKET_FILE = bucketFileAfter(String.raw`[\\/]`);

function withoutKeys(error: Error): Error {
  const { message, stack = "", cause } = error;
  const told = message.replace(BUCKET_FILE, "$1...");
  const safe = new Error(told, cause instanceof Error ? { cause: withoutKeys(cause) } : {});
  safe.name = error.name;
  safe.stack = stack.replace(message, () => told);
  return safe;
}

interface Line {
  readonly level: string;
  readonly time: string;
  readonly msg: string;
  readonly requestId?: string;
  readonly durationMs?: number;
  readonly err?: { readonly stack: string };
}

/** For people: the time of day, the message and what else helps; the level only where it matters. */
function asText(line: string): string {
  const { level, time, msg, requestId, durationMs, err } = JSON.parse(line) as Line;
  const mark = level === "warn" ? "warning: " : level === "error" ? "error: " : "";
  const lasted = durationMs === undefined ? "" : `  ${durationMs} ms`;
  const id = requestId === undefined ? "" : `  ${requestId}`;
  const cause = err === undefined ? "" : `\n${err.stack}`;
  return `${time.slice(11, 23)}  ${mark}${msg}${lasted}${id}${cause}\n`;
}
