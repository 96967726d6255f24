import type * as z from "zod/mini";
import { LocalError } from "../../api/local-errors.ts";
import { closest } from "../../domain/closest.ts";
import { issuesOf, keysOf } from "./routes/control-routes.ts";

type Issue = z.core.$ZodIssue;

/** The name of a request's part in messages. */
interface Wording {
  /** The word for a key: `parameter`, `filter`. */
  readonly noun: string;
  /** An example of the entire value, for requests that sent something else. */
  readonly example: string;
}

/** @throws LocalError for the first fault that a schema finds in a query or body */
export function checkBy(
  schema: z.ZodMiniType,
  value: Readonly<Record<string, unknown>>,
  wording: Wording,
): void {
  const issues = issuesOf(schema, value);
  const unknown = issues.find(({ code }) => code === "unrecognized_keys");
  const [first] = issues;
  if (unknown?.code === "unrecognized_keys") throw refuseKey(schema, value, unknown, wording);
  if (first !== undefined) throw refuseValue(value, first, wording);
}

/** @throws LocalError for an unknown name */
export function checkNames(
  schema: z.ZodMiniType,
  value: Readonly<Record<string, unknown>>,
  { noun }: Wording,
): void {
  const { own } = keysOf(schema, value);
  const unknown = Object.keys(value).find((key) => !own.includes(key));
  if (unknown !== undefined) throw unknownName(noun, unknown, own);
}

function refuseKey(
  schema: z.ZodMiniType,
  value: Readonly<Record<string, unknown>>,
  { keys, path }: Extract<Issue, { code: "unrecognized_keys" }>,
  { noun }: Wording,
): LocalError {
  const [key = ""] = keys;
  const { own, others, alternative } = keysOf(schema, value);
  if (path.length > 0) return new LocalError("UnknownName", `${path.join(".")} has no ${quote(key)}`);
  if (others.includes(key)) return new LocalError("UnknownName", `${alternative} does not accept ${key}`);
  return unknownName(noun, key, [...own, ...others]);
}

function refuseValue(value: unknown, issue: Issue, { example }: Wording): LocalError {
  const name = issue.path.join(".");
  const found = valueAt(value, issue.path);
  if (issue.code === "invalid_union" && issue.discriminator !== undefined && "options" in issue)
    return refuseAlternative(name, found, issue.options as readonly string[], example);
  if (found === undefined)
    return new LocalError("MissingValue", `${name} is missing, expected ${issue.message}`);
  return new LocalError("InvalidValue", `${name} expects ${issue.message}, got ${quote(found)}`);
}

function refuseAlternative(
  name: string,
  found: unknown,
  options: readonly string[],
  example: string,
): LocalError {
  if (typeof found === "string") return unknownName(name, found, options);
  return new LocalError("MissingValue", `The body has no ${name}, expected for example ${example}`);
}

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);

export function unknownName(what: string, name: string, known: readonly string[]): LocalError {
  const meant = closest(name, known);
  const hint = meant === undefined ? "" : ` Did you mean ${JSON.stringify(meant)}?`;
  const message = `${quote(name)} is not ${withArticle(what)}.${hint} Expected one of ${known.join(", ")}`;
  return new LocalError("UnknownName", message);
}

export const withArticle = (noun: string): string => `${/^[aeio]/.test(noun) ? "an" : "a"} ${noun}`;

/** Truncated. */
export const quote = (value: unknown): string =>
  JSON.stringify(typeof value === "string" ? value.slice(0, 64) : outermost(value))?.slice(0, 66) ??
  String(value);

const QUOTED_LEVELS = 2;

/** `JSON.stringify` overflows the stack for a value with thousands of levels. */
function outermost(value: unknown, levels = QUOTED_LEVELS): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (levels === 0) return "...";
  if (Array.isArray(value)) return value.map((item) => outermost(item, levels - 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, outermost(item, levels - 1)]));
}
