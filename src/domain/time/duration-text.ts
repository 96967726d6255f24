import { LocalError } from "../../api/local-errors.ts";

const MS = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

/** A thousand years: from a date with four digits, no clock goes much further. */
const MAX_MS = 1_000 * 366 * MS.d;

const NUMBER = String.raw`(\d+(?:[.,]\d+)?)`;
const ISO = new RegExp(
  `^P(?:${NUMBER}W)?(?:${NUMBER}D)?(?:T(?:${NUMBER}H)?(?:${NUMBER}M)?(?:${NUMBER}S)?)?$`,
  "i",
);
const SHORT = /^(\d+(?:\.\d+)?)(ms|[smhdw])$/;
const FORMS = "PT5M, PT1.5S, P1DT12H, 5m, 250ms";

/** An invalid duration, in one line. */
export class DurationError extends LocalError {
  constructor(message: string) {
    super("InvalidDuration", message);
  }
}

/**
 * Parses a duration of ISO 8601 (weeks, days, hours, minutes, seconds; the last may have a fraction) or of a
 * short form: a number and `ms`, `s`, `m`, `h`, `d` or `w`.
 * @returns milliseconds, rounded
 * @throws DurationError
 */
export function readDuration(text: string): number {
  const shown = JSON.stringify(text.slice(0, 64));
  const ms = readShortDuration(text) ?? readIso(text);
  if (ms === undefined) throw new DurationError(reasonAgainst(text, shown));
  if (ms > MAX_MS) throw new DurationError(`${shown} is longer than a thousand years`);
  return Math.round(ms);
}

/** Only the short form, as scenarios use it. @returns milliseconds; undefined for anything else */
export function readShortDuration(text: string): number | undefined {
  const [, number, unit] = SHORT.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * MS[unit as keyof typeof MS];
}

function readIso(text: string): number | undefined {
  const [, ...numbers] = ISO.exec(text) ?? [];
  const parts = (["w", "d", "h", "m", "s"] as const).flatMap((unit, index) => {
    const number = numbers[index];
    return number === undefined ? [] : [{ number, unit }];
  });
  // `P` and `P1DT` lack a number (after the T); only the last number may have a fraction.
  if (parts.length === 0 || /T$/i.test(text)) return undefined;
  if (parts.slice(0, -1).some(({ number }) => /[.,]/.test(number))) return undefined;
  return parts.reduce((sum, { number, unit }) => sum + Number(number.replace(",", ".")) * MS[unit], 0);
}

function reasonAgainst(text: string, shown: string): string {
  if (/^[-+]/.test(text) || /^P-/i.test(text))
    return `${shown} has a sign: durations have none, because time cannot go back`;
  if (/^P[^T]*\d[YM]/i.test(text))
    return `${shown} has years or months, which have no fixed length: use days or weeks`;
  return `${shown} is not a duration, expected for example ${FORMS}`;
}
