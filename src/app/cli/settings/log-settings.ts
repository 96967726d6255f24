/** From quiet to talkative: what stands before is said too. */
export const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;
export const LOG_FORMATS = ["text", "json"] as const;

export interface LogSettings {
  /** `info` tells of import jobs and of requests that failed, `debug` of every request. */
  readonly level: (typeof LOG_LEVELS)[number];
  readonly format: (typeof LOG_FORMATS)[number];
}
