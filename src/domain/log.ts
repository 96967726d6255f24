/** Where the emulator says what its user should know. No patient data, no credentials. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string, cause?: unknown): void;
}
