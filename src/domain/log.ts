/** Fields of a log line, for filters. */
export type LogFields = Readonly<Record<string, string | number | undefined>>;

/** The emulator's log for its user: no patient data, no credentials. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string): void;
  error(message: string, cause?: unknown): void;
}
