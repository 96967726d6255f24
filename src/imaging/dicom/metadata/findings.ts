import type { ImportWarning, ImportWarningType } from "../../../api/import-warnings.ts";
import { VALID_UID } from "../../../api/limits/value-limits.ts";
import type { DataElement } from "../data-set.ts";
import { nameInMessages } from "../dictionary/dictionary.ts";
import { isValueOf } from "./value-check.ts";

/** The maximum characters of a value, of PN of a component group (PS3.5 table 6.2-1). */
const MAX_LENGTHS: Readonly<Record<string, number>> = {
  AE: 16,
  AS: 4,
  CS: 16,
  DA: 8,
  DS: 16,
  DT: 26,
  IS: 12,
  LO: 64,
  LT: 10_240,
  PN: 64,
  SH: 16,
  ST: 1_024,
  TM: 14,
  UI: 64,
};

/** Integers, which are text only if their field has an impossible length. */
const INTEGERS: ReadonlySet<string> = new Set(["SL", "SS", "UL", "US"]);
/** Text without a maximum length. */
const UNLIMITED: ReadonlySet<string> = new Set(["UC", "UR", "UT"]);

const PREFIX = "The file was imported but";

/** The message of InvalidOffsetTable is AWS's; that of the others is ours. */
const MESSAGES: Readonly<Record<ImportWarningType, (names: string) => string>> = {
  CoercionOfDataElements: (names) =>
    `${PREFIX} its character set cannot decode values, which were converted: ${names}`,
  ElementsDiscarded: (names) =>
    `${PREFIX} values were discarded, since they are repeated or are pixel data in a sequence: ${names}`,
  SopClassDataMismatch: (names) =>
    `${PREFIX} the SOP class of its data set differs from that of its file meta information: ${names}`,
  FrameNumberMismatch: (names) => `${PREFIX} its fragments do not match its number of frames: ${names}`,
  InvalidOffsetTable: () =>
    `${PREFIX} contains an invalid offset table, may see issues when retrieving certain frames.`,
  InvalidUidFormat: (names) => `${PREFIX} has UIDs that DICOM does not allow: ${names}`,
  InvalidDicomValueLength: (names) => `${PREFIX} has values that are longer than DICOM allows: ${names}`,
  Other: (names) => `${PREFIX} has values that their Value Representations do not allow: ${names}`,
};

/** More names would make the message of a file with many odd elements long. */
const MAX_NAMES = 10;

/**
 * What a file has although DICOM forbids it, and an import takes.
 * Assumed: warning-rules. AWS says what its codes mean, not which elements it checks.
 */
export class Findings {
  readonly #found = new Map<ImportWarningType, Set<string>>();

  add(type: ImportWarningType, tag: string): void {
    const names = this.#found.get(type) ?? new Set();
    this.#found.set(type, names.add(nameInMessages(tag)));
  }

  /** Checks the values of an element that is not a sequence. */
  checkValues({ tag, vr }: DataElement, values: readonly (number | string)[]): void {
    const maxLength = MAX_LENGTHS[vr];
    if (maxLength === undefined && !INTEGERS.has(vr) && !UNLIMITED.has(vr)) return;
    for (const value of values) {
      const type = typeof value === "string" && value !== "" ? problemOf(vr, value, maxLength) : undefined;
      if (type !== undefined) this.add(type, tag);
    }
  }

  /** In the order of their codes. */
  get warnings(): ImportWarning[] {
    return Object.entries(MESSAGES).flatMap(([name, message]) => {
      const type = name as ImportWarningType;
      const names = this.#found.get(type);
      return names === undefined ? [] : [{ type, message: message(listNames([...names])) }];
    });
  }
}

function problemOf(vr: string, value: string, maxLength = Infinity): ImportWarningType | undefined {
  if (lengthOf(vr, value) > maxLength) return "InvalidDicomValueLength";
  if (vr === "UI") return VALID_UID.test(value) ? undefined : "InvalidUidFormat";
  return isValueOf(vr, value) ? undefined : "Other";
}

function lengthOf(vr: string, value: string): number {
  if (vr !== "PN") return Array.from(value).length;
  return Math.max(...value.split("=").map((group) => Array.from(group).length));
}

/** For a message: the first ten of them. */
export function listNames(names: readonly string[]): string {
  const rest = names.length - MAX_NAMES;
  return rest > 0 ? `${names.slice(0, MAX_NAMES).join(", ")} and ${rest} more` : names.join(", ");
}
