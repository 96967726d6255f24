import { isRecord } from "../../../api/json.ts";

/** A rule of a bucket's CORS configuration, as S3 defines it. */
export interface CorsRule {
  readonly id?: string;
  /** Each with one `*` at most, which stands for any characters. */
  readonly allowedOrigins: readonly string[];
  readonly allowedMethods: readonly string[];
  /** As origins; the case of letters does not count. */
  readonly allowedHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAgeSeconds?: number;
}

interface CorsQuestion {
  readonly origin: string;
  readonly method: string;
  /** What a preflight asks for; empty for a request itself. */
  readonly headers: readonly string[];
}

/** The first rule that allows a request; undefined where none does. */
export const findCorsRule = (
  rules: readonly CorsRule[],
  { origin, method, headers }: CorsQuestion,
): CorsRule | undefined =>
  rules.find(
    ({ allowedOrigins, allowedMethods, allowedHeaders }) =>
      allowedMethods.includes(method) &&
      allowedOrigins.some((pattern) => fits(pattern, origin)) &&
      headers.every((header) =>
        allowedHeaders.some((pattern) => fits(pattern.toLowerCase(), header.toLowerCase())),
      ),
  );

/** Without a regular expression: the pattern is a user's. */
function fits(pattern: string, text: string): boolean {
  const star = pattern.indexOf("*");
  if (star === -1) return pattern === text;
  const [start, end] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}

/** Rules that may come from anywhere; undefined where they are none. */
export function readCorsRules(value: unknown): readonly CorsRule[] | undefined {
  return Array.isArray(value) && value.every(isCorsRule) ? value : undefined;
}

function isCorsRule(value: unknown): value is CorsRule {
  if (!isRecord(value)) return false;
  const { id, maxAgeSeconds, allowedOrigins, allowedMethods, allowedHeaders, exposeHeaders } = value;
  return (
    [allowedOrigins, allowedMethods, allowedHeaders, exposeHeaders].every(isStrings) &&
    (id === undefined || typeof id === "string") &&
    (maxAgeSeconds === undefined || Number.isSafeInteger(maxAgeSeconds))
  );
}

/** Each goes into a header. */
const isStrings = (value: unknown): boolean =>
  Array.isArray(value) && value.every((one) => typeof one === "string" && /^[\x20-\x7e]*$/.test(one));
