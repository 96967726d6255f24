/** Says why a snapshot cannot be had: there is none, something is in the way, or it is none. */
export class SnapshotError extends Error {
  readonly code: "NOT_FOUND" | "CONFLICT" | "INVALID";

  constructor(code: SnapshotError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
