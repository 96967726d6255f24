/** From least to most verbose; each level includes those before it. */
export const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;
export const LOG_FORMATS = ["text", "json"] as const;

export interface LogSettings {
  /** `info` logs import jobs and failed requests, `debug` every request. */
  readonly level: (typeof LOG_LEVELS)[number];
  readonly format: (typeof LOG_FORMATS)[number];
}
