import { isBase64 } from "../../../api/base64.ts";
import type { MetadataValue } from "../element-value.ts";
import { isTag } from "../tag.ts";

/** Text of one line: no backslash, which separates values, and no control characters (PS3.5 6.1, 6.2). */
const LINE = /^[^\p{Cc}\\]*$/u;
/** Text of several lines. */
const TEXT = /^(?:\P{Cc}|[\t\n\f\r])*$/u;

type Fits = (value: string) => boolean;

const line =
  (maxLength: number): Fits =>
  (value) =>
    LINE.test(value) && lengthOf(value) <= maxLength;
const text =
  (maxLength: number): Fits =>
  (value) =>
    TEXT.test(value) && lengthOf(value) <= maxLength;
const pattern =
  (expression: RegExp): Fits =>
  (value) =>
    expression.test(value);

const lengthOf = (value: string): number => Array.from(value).length;

/** Value Representations that metadata stores as text (PS3.5 table 6.2-1). */
const TEXTS: Readonly<Record<string, Fits>> = {
  AE: (value) => line(16)(value) && value.trim() !== "",
  AS: pattern(/^\d{3}[DWMY]$/),
  AT: isTag,
  CS: pattern(/^[A-Z0-9 _]{1,16}$/),
  DA: isDate,
  DS: (value) => /^ *[+-]?(\d+\.?\d*|\.\d+)(E[+-]?\d+)? *$/i.test(value) && value.length <= 16,
  DT: isDateTime,
  IS: (value) => /^ *[+-]?\d+ *$/.test(value) && value.length <= 12 && isWithin(Number(value), 2 ** 31),
  LO: line(64),
  LT: text(10_240),
  PN: isPersonName,
  SH: line(16),
  ST: text(1_024),
  TM: pattern(/^([01]\d|2[0-3])([0-5]\d(([0-5]\d|60)(\.\d{1,6})?)?)?$/),
  UC: line(Infinity),
  UI: (value) => value.length <= 64 && /^(0|[1-9]\d*)(\.(0|[1-9]\d*))*$/.test(value),
  UR: pattern(/^[!-[\]-~]+$/),
  UT: text(Infinity),
};

/** Minimum and maximum of the integer VRs. */
const INTEGERS: Readonly<Record<string, readonly [number, number]>> = {
  SL: [-(2 ** 31), 2 ** 31 - 1],
  SS: [-(2 ** 15), 2 ** 15 - 1],
  SV: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  UL: [0, 2 ** 32 - 1],
  US: [0, 2 ** 16 - 1],
  UV: [0, Number.MAX_SAFE_INTEGER],
};

/**
 * Whether a value in the form of metadata is valid for a Value Representation.
 * @param vr may be a choice of the dictionary: `US/SS`
 */
export function isValueOf(vr: string, value: MetadataValue): boolean {
  return vr.split("/").some((one) => isValueOfOne(one, value));
}

function isValueOfOne(vr: string, value: MetadataValue): boolean {
  const fits = TEXTS[vr];
  if (fits !== undefined) return typeof value === "string" && fits(value);
  const range = INTEGERS[vr];
  if (range !== undefined)
    return Number.isInteger(value) && Number(value) >= range[0] && Number(value) <= range[1];
  if (vr === "FL") return typeof value === "number" && Number.isFinite(Math.fround(value));
  if (vr === "FD") return Number.isFinite(value);
  return vr.startsWith("O") || vr === "UN" ? typeof value === "string" && isBase64(value) : false;
}

const isWithin = (value: number, limit: number): boolean => value >= -limit && value < limit;

/** A date of the Gregorian calendar (PS3.5 6.2), which has no year 0. */
function isDate(value: string): boolean {
  const [, year = "", month = "", day = ""] = /^(\d{4})(\d{2})(\d{2})$/.exec(value) ?? [];
  return Number(year) > 0 && isDayOf(Number(year), Number(month), Number(day));
}

function isDayOf(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(2000, 0, 1));
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** YYYYMMDDHHMMSS.FFFFFF&ZZXX, each part from the month on optional (PS3.5 6.2). */
function isDateTime(value: string): boolean {
  const [, date = "", time = ""] = /^(\d{4,8})(\d{0,6}(?:\.\d{1,6})?)(?:[+-]\d{4})?$/.exec(value) ?? [];
  if (date.length % 2 === 1 || date === "") return false;
  const isDay = isDate(date.padEnd(6, "01").padEnd(8, "01"));
  const isTime = time === "" || TEXTS["TM"]?.(time) === true;
  return isDay && isTime && (time === "" || date.length === 8);
}

/** Up to 3 groups of up to 5 components, each group of up to 64 characters (PS3.5 6.2.1). */
function isPersonName(value: string): boolean {
  const groups = value.split("=");
  return groups.length <= 3 && groups.every((group) => line(64)(group) && group.split("^").length <= 5);
}
