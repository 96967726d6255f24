import type { ClockAnswer } from "../../local/sdk/control-answers.ts";
import type { ControlClient } from "../../local/sdk/control-client.ts";
import { describeReport } from "../../local/report/describe-report.ts";
import type { AccountReport, Report } from "../../local/report/report.ts";
import {
  describeClock,
  describeDurations,
  describeHealth,
  describeHold,
  describeLimits,
  describeReset,
  describeResource,
} from "./control-words.ts";
import { readDenyFlag, readQuotasFlag, readThrottlingFlag } from "./settings/limit-flags.ts";
import { requests, scenario } from "./scenario-verbs.ts";
import { asUsage } from "./settings/setting-values.ts";
import { snapshot } from "./snapshot-verb.ts";
import { UsageError } from "./settings/usage-error.ts";

/** What was given on the command line. */
export interface Given {
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly switches: ReadonlySet<string>;
  readonly positionals: readonly string[];
  /** Where its user stands: absolute. */
  readonly folder: string;
}

/** What came of it: as JSON, and for people. */
export interface Shown {
  readonly json: unknown;
  readonly text: string;
  /** Of something that is not as it should be. */
  readonly exitCode?: number;
  /** Why it is not: a line for standard error. */
  readonly failure?: string;
}

export type Ask = (control: ControlClient) => Promise<Shown>;

/** A command that asks a running emulator for something under `/_local`. */
export interface Verb {
  readonly flags?: readonly string[];
  readonly switches?: readonly string[];
  readonly maxPositionals?: number;
  /** @throws UsageError before anything is asked */
  readonly read: (given: Given) => Ask;
}

const reset: Verb = {
  flags: ["account"],
  switches: ["buckets"],
  read: ({ flags: { account }, switches }) =>
    showing((control) => control.reset({ account, buckets: switches.has("buckets") }), describeReset),
};

const clock: Verb = {
  maxPositionals: 2,
  read: ({ positionals: [action = "now", value] }) => showing(readClock(action, value), describeClock),
};

function readClock(
  action: string,
  value: string | undefined,
): (control: ControlClient) => Promise<ClockAnswer> {
  if (action === "freeze") return (control) => control.clock.freeze(value);
  if (action === "advance" && value !== undefined) return (control) => control.clock.advance(value);
  if (action === "set" && value !== undefined) return (control) => control.clock.set(value);
  if (action === "now" && value === undefined) return (control) => control.clock.now();
  if (action === "resume" && value === undefined) return (control) => control.clock.resume();
  throw new UsageError("clock takes now, freeze [TIME], advance DURATION, set TIME or resume");
}

const limits: Verb = {
  flags: ["throttling", "quotas", "deny"],
  read: ({ flags, folder }) => {
    const read = <T>(name: string, parse: (text: string) => T): T | undefined => {
      const text = flags[name];
      return text === undefined ? undefined : asUsage(`--${name}`, () => parse(text));
    };
    const changes = {
      throttling: read("throttling", (text) => readThrottlingFlag(text, folder)),
      quotas: read("quotas", (text) => readQuotasFlag(text, folder)),
      deny: read("deny", (text) => (text === "none" ? [] : readDenyFlag(text))),
    };
    const isChange = Object.values(changes).some((change) => change !== undefined);
    return showing(
      (control) => (isChange ? control.limits.set(changes) : control.limits.get()),
      describeLimits,
    );
  },
};

const wait: Verb = {
  flags: ["status", "timeout"],
  switches: ["auto-advance"],
  maxPositionals: 1,
  read: ({ flags: { status: wanted, timeout }, switches, positionals: [resource] }) => {
    if (resource === undefined || wanted === undefined)
      throw new UsageError("wait takes a resource and a status: wait importJob/ID --status COMPLETED,FAILED");
    const autoAdvance = switches.has("auto-advance");
    return showing(
      (control) => control.wait(resource, { status: wanted, timeout, autoAdvance }),
      describeResource,
    );
  },
};

const durations: Verb = {
  maxPositionals: 20,
  read: ({ positionals }) => {
    const changes = Object.fromEntries(positionals.map(readDuration));
    const ask = (control: ControlClient) =>
      positionals.length === 0 ? control.durations.get() : control.durations.set(changes);
    return showing(ask, describeDurations);
  },
};

function readDuration(text: string): [name: string, value: string | number] {
  const [, name = "", value = ""] = /^(\w+)=(.+)$/.exec(text) ?? [];
  if (name === "")
    throw new UsageError(`durations takes names with values, such as jobInProgressMs=2000, got '${text}'`);
  return [name, /^\d+$/.test(value) ? Number(value) : value];
}

const push: Verb = {
  flags: ["message"],
  switches: ["force"],
  maxPositionals: 2,
  read: ({ flags: { message }, switches, positionals: [resource, wanted] }) => {
    if (resource === undefined || wanted === undefined)
      throw new UsageError("push takes a resource and a status: push importJob/ID FAILED --message TEXT");
    const force = switches.has("force") ? true : undefined;
    return showing(
      (control) => control.resources.push(resource, wanted, { message, force }),
      describeResource,
    );
  },
};

const status: Verb = {
  maxPositionals: 1,
  read: ({ positionals: [resource] }) => {
    if (resource === undefined) throw new UsageError("status takes a resource: status importJob/ID");
    return showing((control) => control.resources.get(resource), describeResource);
  },
};

const hold: Verb = {
  flags: ["status"],
  maxPositionals: 1,
  read: ({ flags: { status: wanted }, positionals: [resource] }) => {
    if (resource !== undefined)
      return showing((control) => control.resources.hold(resource, wanted), describeHold);
    if (wanted !== undefined)
      throw new UsageError("hold --status takes a resource: hold 'datastore/*' --status CREATING");
    return showing(
      (control) => control.resources.holds(),
      ({ holds }) => (holds.length === 0 ? "nothing is held" : holds.map(describeHold).join("\n")),
    );
  },
};

const release: Verb = {
  maxPositionals: 1,
  read: ({ positionals: [resource] }) => {
    if (resource === undefined) throw new UsageError("release takes a resource: release datastore/ID");
    return showing(
      (control) => control.resources.release(resource),
      () => `${resource} goes on`,
    );
  },
};

const health: Verb = {
  read: () => async (control) => {
    const answer = await control.health();
    return { json: answer, text: describeHealth(answer), exitCode: answer.status === "ok" ? 0 : 1 };
  },
};

/** The classes of findings, and how many an account has of each. */
const FINDINGS: Readonly<Record<string, (account: AccountReport) => number>> = {
  refused: ({ refused }) => sumOf(refused),
  throttled: ({ throttled }) => sumOf(throttled),
  unread: ({ unread }) => sumOf(unread),
  unseen: ({ unseen, unseenLeftOut }) => unseen.length + unseenLeftOut,
  ignored: ({ ignored = {} }) => sumOf(ignored),
};

const sumOf = (numbers: Readonly<Record<string, number>>): number =>
  Object.values(numbers).reduce((sum, count) => sum + count, 0);

/** `2 refused, 1 unread`: what there is of the classes that are named. */
function describeFindings({ accounts }: Report, names: readonly string[]): string {
  const counts = names.map((name) => ({
    name,
    count: accounts.reduce((sum, account) => sum + (FINDINGS[name]?.(account) ?? 0), 0),
  }));
  return counts
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${count} ${name}`)
    .join(", ");
}

const report: Verb = {
  flags: ["account", "fail-on"],
  read: ({ flags: { account, "fail-on": failOn = "" } }) => {
    const names = [...new Set(failOn.split(",").filter(Boolean))];
    const unknown = names.find((name) => !Object.hasOwn(FINDINGS, name));
    if (unknown !== undefined)
      throw new UsageError(`--fail-on takes ${Object.keys(FINDINGS).join(",")}, got '${unknown}'`);
    return async (control) => {
      const answer = await control.report(account);
      const shown = { json: answer, text: describeReport(answer, names).trimEnd() };
      const findings = describeFindings(answer, names);
      return findings === ""
        ? { ...shown, exitCode: 0 }
        : { ...shown, exitCode: 1, failure: `--fail-on found ${findings}` };
    };
  },
};

function showing<Answer>(
  ask: (control: ControlClient) => Promise<Answer>,
  describe: (answer: Answer) => string,
): Ask {
  return async (control) => {
    const answer = await ask(control);
    return { json: answer, text: describe(answer) };
  };
}

export const VERBS: Readonly<Record<string, Verb>> = {
  reset,
  clock,
  limits,
  wait,
  durations,
  status,
  push,
  hold,
  release,
  health,
  report,
  scenario,
  requests,
  snapshot,
};
