const DATE = /^(\d{4})\.?(\d{2})\.?(\d{2})$/;
const TIME = /^(\d{2})(?::?(\d{2})(?::?(\d{2})(?:\.(\d{1,6}))?)?)?$/;

/**
 * A DICOM date (DA) and time (TM), also in the old notations with dots and colons, as one sortable string:
 * `yyyyMMddHHmmss.FFFFFF`. Missing parts of a time are zero (facts: search#study-date-and-time).
 * @returns undefined if date or time is malformed
 */
export function joinDateAndTime(date: string, time = "00"): string | undefined {
  const day = DATE.exec(date)?.slice(1).join("");
  const clock = TIME.exec(time);
  if (day === undefined || clock === null) return undefined;
  const [, hours = "", minutes = "00", seconds = "00", fraction = ""] = clock;
  return `${day}${hours}${minutes}${seconds}.${fraction.padEnd(6, "0")}`;
}
