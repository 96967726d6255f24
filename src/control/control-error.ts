/** Why a request to `/_local` is not done, with the status that says so. */
export class ControlError extends Error {
  readonly status: number;
  /** Members of the answer besides `message`. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: number, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.status = status;
    this.details = details;
  }
}
