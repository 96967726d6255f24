/** Every error code of `/_local` with its HTTP status. `routes/error-texts.ts` says what each means. */
export const LOCAL_ERRORS = {
  InvalidBody: 400,
  UnknownName: 400,
  MissingValue: 400,
  InvalidValue: 400,
  InvalidDuration: 400,
  InvalidTime: 400,
  InvalidLimit: 400,
  InvalidSnapshot: 400,
  HostNotAllowed: 403,
  OriginNotAllowed: 403,
  RouteNotFound: 404,
  ResourceNotFound: 404,
  HoldNotFound: 404,
  SnapshotNotFound: 404,
  ScenarioNotFound: 404,
  WaitTimedOut: 408,
  SuppliedClock: 409,
  StatusConflict: 409,
  StatusUnreachable: 409,
  ScenarioConflict: 409,
  ScenarioNotActive: 409,
  UnknownSignal: 409,
  SnapshotConflict: 409,
  BodyTooLarge: 413,
  SnapshotTooLarge: 413,
  InvalidScenario: 422,
  WaitInterrupted: 503,
  DataFolderNotWritable: 507,
} as const;

export type LocalErrorCode = keyof typeof LOCAL_ERRORS;

/** A refusal by a part that AWS does not have: an option, or a request under `/_local`. */
export class LocalError extends Error {
  readonly code: LocalErrorCode;
  /** Members of the answer besides `message`. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: LocalErrorCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.details = details;
  }

  /** The HTTP status. */
  get status(): number {
    return LOCAL_ERRORS[this.code];
  }
}
