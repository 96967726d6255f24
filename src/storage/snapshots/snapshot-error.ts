import { LocalError } from "../../api/local-errors.ts";

type Code = "InvalidSnapshot" | "SnapshotConflict" | "SnapshotNotFound" | "SnapshotTooLarge";

/** Says why a snapshot cannot be used: it is missing or damaged, something is in the way, or there is no room. */
export class SnapshotError extends LocalError {
  declare readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(code, message, {}, options);
  }
}
