import { UsageError } from "./usage-error.ts";

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
};

/** Bytes, from a text such as `2GB`, `512MiB` or `1073741824`. @throws UsageError, also for less than minBytes */
export function readMemory(flag: string, text: string | undefined, minBytes: number): number | undefined {
  if (text === undefined) return undefined;
  const [, number = "", unit = ""] = /^(\d{1,15}(?:\.\d{1,3})?) ?([KMG]i?B)?$/i.exec(text) ?? [];
  const bytes = Math.floor(Number(number) * (UNITS[unit.toUpperCase()] ?? 0));
  if (number !== "" && bytes >= minBytes && Number.isSafeInteger(bytes)) return bytes;
  throw new UsageError(
    `${flag} expects an amount of memory such as 2GB or 512MiB, at least ${minBytes / 2 ** 20}MiB, got '${text}' ` +
      "(units: KB, MB, GB, KiB, MiB, GiB; without a unit it is a number of bytes)",
  );
}
