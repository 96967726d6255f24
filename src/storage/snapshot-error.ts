/** Says why a snapshot cannot be had: there is none, something is in the way, it is none, or there is no room. */
export class SnapshotError extends Error {
  readonly code: "NOT_FOUND" | "CONFLICT" | "INVALID" | "TOO_LARGE";

  constructor(code: SnapshotError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
