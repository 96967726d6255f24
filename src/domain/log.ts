/** The subject of a log line, to filter by. */
export type LogFields = Readonly<Record<string, string | number | undefined>>;

/** Where the emulator says what its user should know. No patient data, no credentials. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string): void;
  error(message: string, cause?: unknown): void;
}
