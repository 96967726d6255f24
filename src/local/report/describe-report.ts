import type { AccountReport, Report } from "./report.ts";

/** In capitals where the class is marked. @param words of the class, where they are not its name */
type Mark = (name: string, words?: string) => string;

/** A report for people. Findings of the classes in `marked`, such as `unread`, are in capitals. */
export function describeReport(
  { since, ignoredAs = "newer", accounts, requestsLeftOut, quotasNotChecked, outOfReach }: Report,
  marked: readonly string[] = [],
): string {
  const mark: Mark = (name, words = name) => (marked.includes(name) ? words.toUpperCase() : words);
  const lines = [
    `since ${since}`,
    ...accounts.flatMap((account) => describeAccount(account, ignoredAs, mark)),
  ];
  if (accounts.length === 0) lines.push("no account sent a request");
  if (requestsLeftOut > 0) lines.push(`left out: ${requestsLeftOut} requests of further accounts`);
  if (quotasNotChecked.length > 0)
    lines.push(`quotas raised here, not compared with AWS's: ${quotasNotChecked.join("; ")}`);
  lines.push(`not covered: ${outOfReach.join("; ")}`);
  return `${lines.join("\n")}\n`;
}

function describeAccount(report: AccountReport, ignoredAs: string, mark: Mark): string[] {
  const {
    account,
    operations,
    neverCalled,
    states,
    unread,
    unseen,
    unseenLeftOut,
    throttled,
    refused,
    ignored = {},
    notEmulated = {},
  } = report;
  const width = Math.max(0, ...Object.keys(operations).map((name) => name.length));
  const lines = ["", `account ${account}`];
  for (const [name, { requests, succeeded, errors }] of Object.entries(operations))
    lines.push(`  ${name.padEnd(width)}  ${succeeded} of ${requests} succeeded${counts(", ", errors)}`);
  if (neverCalled.length > 0) lines.push(`  never called: ${neverCalled.join(", ")}`);
  for (const [kind, seen] of Object.entries(states)) lines.push(`  ${kind} was seen${counts(" ", seen)}`);
  for (const [name, count] of Object.entries(unread))
    lines.push(`  ${mark("unread")} ${name}: ${count} nextToken never used`);
  for (const { resource, seen, now } of unseen)
    lines.push(`  ${mark("unseen")} ${resource}: last seen ${seen}, now ${now ?? "gone"}`);
  if (unseenLeftOut > 0) lines.push(`  ${mark("unseen")} and ${unseenLeftOut} more`);
  for (const [name, count] of Object.entries(throttled))
    lines.push(`  ${mark("throttled")} on AWS, ${name}: ${count} of ${operations[name]?.requests ?? count}`);
  for (const [reason, count] of Object.entries(refused))
    lines.push(`  ${mark("refused")} on AWS, ${reason}: ${count}`);
  for (const [what, count] of Object.entries(ignored))
    lines.push(`  ${mark("ignored")} as ${ignoredAs}, ${what}: ${count}`);
  for (const [what, count] of Object.entries(notEmulated))
    lines.push(`  ${mark("notEmulated", "not emulated")}, ${what}: ${count}`);
  return lines;
}

const counts = (before: string, numbers: Readonly<Record<string, number>>): string =>
  Object.entries(numbers)
    .map(([name, count], index) => `${index === 0 ? before : ", "}${name} ${count}`)
    .join("");
