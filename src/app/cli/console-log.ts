import type { Log } from "../../domain/log.ts";

/** Logs to standard error; standard output has only requested output. */
export const consoleLog: Log = {
  info: (message) => void process.stderr.write(`${message}\n`),
  warn: (message) => void process.stderr.write(`warning: ${message}\n`),
  error: (message, cause) => void process.stderr.write(`error: ${message}${describeCause(cause)}\n`),
};

function describeCause(cause: unknown): string {
  if (cause === undefined) return "";
  return `: ${cause instanceof Error ? (cause.stack ?? cause.message) : JSON.stringify(cause)}`;
}
