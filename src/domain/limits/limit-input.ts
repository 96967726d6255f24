import { LocalError } from "../../api/local-errors.ts";
import { closest } from "../closest.ts";

/** Thrown for an invalid limit; the message is one line. */
export class LimitError extends LocalError {
  constructor(message: string) {
    super("InvalidLimit", message);
  }
}

/** @throws LimitError for the first unknown name */
export function refuseUnknown(
  where: string,
  record: Readonly<Record<string, unknown>>,
  known: readonly string[],
): void {
  const unknown = Object.keys(record).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const meant = closest(unknown, known);
  const hint = meant === undefined ? "" : ` (did you mean ${JSON.stringify(meant)}?)`;
  throw new LimitError(
    `${where} has no ${JSON.stringify(unknown)}${hint}: expected one of ${known.join(", ")}`,
  );
}
