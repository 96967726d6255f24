import type { AccountReport, Report } from "../../../local/sdk/control-operations.ts";

/** The classes of findings, and how to count those of an account. */
export const FINDINGS: Readonly<Record<string, (account: AccountReport) => number>> = {
  refused: ({ refused }) => sumOf(refused),
  throttled: ({ throttled }) => sumOf(throttled),
  unread: ({ unread }) => sumOf(unread),
  unseen: ({ unseen, unseenLeftOut }) => unseen.length + unseenLeftOut,
  ignored: ({ ignored = {} }) => sumOf(ignored),
  notEmulated: ({ notEmulated = {} }) => sumOf(notEmulated),
};

const sumOf = (numbers: Readonly<Record<string, number | undefined>>): number =>
  Object.values(numbers).reduce<number>((sum, count = 0) => sum + count, 0);

/** `2 refused, 1 unread`: the findings of the named classes; empty if there are none. */
export function describeFindings({ accounts }: Report, names: readonly string[]): string {
  return names
    .map((name) => ({ name, count: accounts.reduce((sum, one) => sum + (FINDINGS[name]?.(one) ?? 0), 0) }))
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${count} ${name}`)
    .join(", ");
}
