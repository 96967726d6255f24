const DATE = /^(\d{4})\.?(\d{2})\.?(\d{2})$/;
const TIME = /^(\d{2})(?::?(\d{2})(?::?(\d{2})(?:\.(\d{1,6}))?)?)?$/;

/**
 * DICOM's date (DA) and time (TM), the old notations with dots and colons too, as one text that sorts
 * as they do: `yyyyMMddHHmmss.FFFFFF`. What a time leaves out is zero (facts: search#study-date-and-time).
 * @returns undefined where one of the two is neither
 */
export function joinDateAndTime(date: string, time = "00"): string | undefined {
  const day = DATE.exec(date)?.slice(1).join("");
  const clock = TIME.exec(time);
  if (day === undefined || clock === null) return undefined;
  const [, hours = "", minutes = "00", seconds = "00", fraction = ""] = clock;
  return `${day}${hours}${minutes}${seconds}.${fraction.padEnd(6, "0")}`;
}
