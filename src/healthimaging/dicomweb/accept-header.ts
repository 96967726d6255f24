import { ServiceError } from "../../api/errors.ts";

/** One alternative of an Accept header (RFC 9110 12.5.1). */
export interface MediaRange {
  /** In lower case: `multipart/related`. */
  readonly type: string;
  /** Without `q`; names in lower case, values without quotes. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

/** Alternatives that are not well-formed are ignored; no header is as one that accepts everything. */
export function readAccept(accept: string | undefined): MediaRange[] {
  if (accept === undefined || accept.trim() === "") return [ANYTHING];
  return split(accept, ",").flatMap((range) => {
    const [type = "", ...parameters] = split(range, ";");
    const values = new Map(parameters.map(readParameter));
    const quality = values.get("q") ?? "1";
    if (!/^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(quality)) return [];
    return [{ type: type.toLowerCase(), parameters: values, quality: Number(quality) }];
  });
}

/** The best quality first; of equal ones the first that is named. Without those that are refused (`q=0`). */
export const bestFirst = (ranges: readonly MediaRange[]): MediaRange[] =>
  ranges.filter(({ quality }) => quality > 0).toSorted((a, b) => b.quality - a.quality);

/** @param expected what the header may ask for, after `Accept expects` */
export const notAcceptable = (what: string, accept: string | undefined, expected: string): ServiceError =>
  new ServiceError("NotAcceptableException", `${what} can be sent as '${accept?.slice(0, 256) ?? ""}'`, {
    hint: `Accept expects ${expected}`,
  });

const ANYTHING: MediaRange = { type: "*/*", parameters: new Map(), quality: 1 };

/** Splits at separators outside quotes, in one pass. A quote that is not closed is a character like any other. */
function split(text: string, separator: "," | ";"): string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoting = true;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === separator) {
      parts.push(text.slice(start, at));
      start = at + 1;
    } else if (text[at] === '"' && isQuoting) {
      const end = closingQuote(text, at + 1);
      if (end < 0) isQuoting = false;
      else at = end;
    }
  }
  return [...parts, text.slice(start)].filter((part) => part !== "").map((part) => part.trim());
}

/** @returns -1 if there is none; then no later quote is closed either, since all of them are escaped */
function closingQuote(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    if (text[at] === '"') return at;
    if (text[at] === "\\") at += 1;
  }
  return -1;
}

function readParameter(parameter: string): [name: string, value: string] {
  const equals = parameter.indexOf("=");
  const name = parameter.slice(0, equals < 0 ? undefined : equals);
  const value = equals < 0 ? "" : parameter.slice(equals + 1).trim();
  const unquoted = /^"(.*)"$/s.exec(value)?.[1]?.replace(/\\(.)/gs, "$1");
  return [name.trim().toLowerCase(), unquoted ?? value];
}
