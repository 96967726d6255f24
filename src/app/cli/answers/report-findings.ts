import type { Report } from "../../../local/sdk/control-operations.ts";

/** What a report may be found wanting in, and whether it is. */
export const FINDINGS: Readonly<Record<string, (report: Report) => boolean>> = {
  refused: ({ accounts }) => accounts.some(({ refused }) => Object.keys(refused).length > 0),
  throttled: ({ accounts }) => accounts.some(({ throttled }) => Object.keys(throttled).length > 0),
  unread: ({ accounts }) => accounts.some(({ unread }) => Object.keys(unread).length > 0),
  unseen: ({ accounts }) => accounts.some(({ unseen }) => unseen.length > 0),
  ignored: ({ accounts }) => accounts.some(({ ignored = {} }) => Object.keys(ignored).length > 0),
};

/** @param names those that a user asked for, separated by commas */
export const isWanting = (report: Report, names: string): boolean =>
  names.split(",").some((name) => FINDINGS[name]?.(report) === true);
