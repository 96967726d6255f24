import { pino, stdTimeFunctions, type DestinationStream, type Logger } from "pino";
import type { Log } from "../../domain/log.ts";
import { LOG_LEVELS, type LogSettings } from "./settings/log-settings.ts";
import type { RequestEntry } from "../gateway/request-log.ts";

export interface ServerLog {
  readonly log: Log;
  readonly onRequest: (entry: RequestEntry) => void;
}

/** Of a process that serves, to standard error: standard output has only what was asked for. */
export function createServerLog({ level, format }: LogSettings, stream: DestinationStream): ServerLog {
  let logger: Logger | undefined;
  // Only with the first line, for which a start does not wait.
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
      (logger ??= create())[lineLevel](fields(), message);
  };
  const log: Log = {
    info: (message, fields = {}) => write("info", message, () => fields),
    warn: (message) => write("warn", message),
    error: (message, cause) =>
      write("error", message, () => (cause === undefined ? {} : { err: toError(cause) })),
  };
  return { log, onRequest: requestsTo(write) };
}

/** Asks for the fields of a line that is written only. */
type Write = (level: LogSettings["level"], message: string, fields?: () => object) => void;

/** Failures of this emulator first, those of its callers where somebody may look for them. */
const requestsTo =
  (write: Write) =>
  ({ durationMs, ...entry }: RequestEntry): void => {
    const { operation, status, error } = entry;
    const level = status >= 500 ? "error" : status >= 400 ? "info" : "debug";
    const message = error === undefined ? `${operation} ${status}` : `${operation} ${status} ${error}`;
    write(level, message, () => ({ ...entry, durationMs: Math.round(durationMs * 1000) / 1000 }));
  };

const toError = (cause: unknown): Error =>
  cause instanceof Error ? withoutKeys(cause) : new Error(JSON.stringify(cause));

/** The system's errors name files: those of buckets bear the keys of objects. */
const KEY = /([\\/]s3(?:-next|-placing)?[\\/]).*/s;

function withoutKeys(error: Error): Error {
  const { message, stack = "", cause } = error;
  const told = message.replace(KEY, "$1...");
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

/** For eyes: the time of day, the message, what else helps; levels only where they matter. */
function asText(line: string): string {
  const { level, time, msg, requestId, durationMs, err } = JSON.parse(line) as Line;
  const mark = level === "warn" ? "warning: " : level === "error" ? "error: " : "";
  const lasted = durationMs === undefined ? "" : `  ${durationMs} ms`;
  const id = requestId === undefined ? "" : `  ${requestId}`;
  const cause = err === undefined ? "" : `\n${err.stack}`;
  return `${time.slice(11, 23)}  ${mark}${msg}${lasted}${id}${cause}\n`;
}
