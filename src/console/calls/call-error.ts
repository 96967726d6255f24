/** A request that was refused, or that has no answer. */
export class CallError extends Error {
  /** Undefined if there is no answer. */
  readonly status: number | undefined;
  /** The type of an AWS error, or the code of one of `/_local`. */
  readonly code: string | undefined;
  readonly hint: string | undefined;
  /** The scenario's rule that caused it. */
  readonly fault: string | undefined;

  constructor(
    message: string,
    { status, code, hint, fault }: Partial<Pick<CallError, "status" | "code" | "hint" | "fault">> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "CallError";
    this.status = status;
    this.code = code;
    this.hint = hint;
    this.fault = fault;
  }
}

/** The error that an answer is. */
export function errorOfAnswer({ status, headers }: Response, text: string): CallError {
  const code = headers.get("x-local-error") ?? headers.get("x-amzn-errortype")?.split(":")[0];
  return new CallError(messageIn(text) ?? `HTTP ${status}`, {
    status,
    code: code ?? /<Code>([^<]*)/.exec(text)?.[1],
    hint: headers.get("x-local-hint") ?? undefined,
    fault: headers.get("x-local-fault") ?? undefined,
  });
}

function messageIn(text: string): string | undefined {
  try {
    const body = JSON.parse(text) as { message?: unknown; Message?: unknown; errors?: unknown };
    const message = body.message ?? body.Message;
    return typeof message === "string" ? message : JSON.stringify(body);
  } catch {
    return /<Message>([^<]*)/.exec(text)?.[1] ?? (text === "" ? undefined : text.slice(0, 500));
  }
}
