import { LocalError } from "../../api/local-errors.ts";

type Code = "InvalidSnapshot" | "SnapshotConflict" | "SnapshotNotFound" | "SnapshotTooLarge";

/** A snapshot cannot be used: it is missing or damaged, there is a conflict, or the disk is full. */
export class SnapshotError extends LocalError {
  declare readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(code, message, {}, options);
  }
}
