import { LocalError } from "../../api/local-errors.ts";
import { operationNames } from "../../api/model/operation-names.ts";
import { matcherOf } from "../scenarios/rules/match-operation.ts";
import { quote, unknownName } from "./refusal.ts";

/** `404`, `5xx`, or the type of an error. @throws LocalError */
export function readStatusFilter(text: string): string {
  if (/^(\d{3}|[1-5]xx|[A-Z]\w+)$/.test(text)) return text;
  throw new LocalError(
    "InvalidValue",
    `status expects a value such as 404, 5xx or ThrottlingException, got ${quote(text)}`,
  );
}

/** After a request, by its number, or from a time on, in milliseconds of Unix time. */
export type Since = { readonly seq: number } | { readonly time: number };

/** @throws LocalError */
export function readSince(text: string): Since {
  if (/^\d{1,15}$/.test(text)) return { seq: Number(text) };
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return { time };
  throw new LocalError(
    "InvalidValue",
    `since expects the seq of a request, or a time such as 2024-05-01T12:00:00Z, got ${quote(text)}`,
  );
}

/**
 * A pattern may match no operation. A full name must be one of the API, or one of another service (`dynamodb:ListTables`),
 * whose operations are not known here.
 * @throws LocalError
 */
export function checkOperation(text: string): void {
  if (/[*?]/.test(text) || operationNames().some(matcherOf(text))) return;
  if (/^(?!dicomweb:)[\w-]+:\w+$/.test(text)) return;
  throw unknownName("operation", text, operationNames());
}
