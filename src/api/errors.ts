/**
 * Every error of the API with its HTTP status: first those of the service model, then those that AWS's front
 * end sends before an operation is reached (facts: errors#codes, errors#before-an-operation).
 */
export const ERROR_STATUS = {
  AccessDeniedException: 403,
  ConflictException: 409,
  InternalServerException: 500,
  NotAcceptableException: 406,
  ResourceNotFoundException: 404,
  ServiceQuotaExceededException: 402,
  ThrottlingException: 429,
  ValidationException: 400,

  IncompleteSignatureException: 403,
  InvalidSignatureException: 403,
  MalformedHttpRequestException: 400,
  RequestAbortedException: 400,
  RequestEntityTooLargeException: 413,
  RequestTimeoutException: 408,
  SerializationException: 400,
  UnknownOperationException: 404,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

interface ServiceErrorOptions {
  readonly cause?: unknown;
  readonly hint?: string;
  readonly logged?: ServiceError["logged"];
}

/** An error answer: thrown by the domain and the actions, caught by the gateway. */
export class ServiceError extends Error {
  readonly code: ErrorCode;
  /** How to fix it on this machine; sent as the header `x-local-hint`, never in the message. */
  readonly hint: string | undefined;
  /** What a log may say in place of message and hint, if these repeat what the caller sent. */
  readonly logged: { readonly message?: string; readonly hint?: string | undefined } | undefined;

  constructor(code: ErrorCode, message: string, options: ServiceErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = code;
    this.code = code;
    this.hint = options.hint;
    this.logged = options.logged;
  }
}
