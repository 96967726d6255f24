import { readFile } from "node:fs/promises";
import { basename, extname, resolve } from "node:path";
import type { ControlClient } from "../../local/sdk/control-client.ts";
import type { Ask, Given, Verb } from "./control-verbs.ts";
import { count } from "./control-words.ts";
import { readSeed } from "./settings/seed-flag.ts";
import {
  describeCalls,
  describeHits,
  describeRequests,
  describeScenario,
  describeScenarios,
  describeVerdict,
} from "./scenario-words.ts";
import { UsageError } from "./settings/usage-error.ts";

const USAGE =
  "scenario takes list, validate FILE, load FILE, or activate, deactivate, reset, signal, status, hits, verify or remove with NAME";

/** How to ask for each, with what was given after its name. */
type Actions = Readonly<Record<string, (given: Given, words: readonly string[]) => Ask>>;

const SCENARIO: Actions = {
  list: () => showing((control) => control.scenarios.list(), describeScenarios),
  validate: ({ folder }, words) => {
    const file = fileOf("validate", folder, words);
    return showing(
      async (control) => control.scenarios.validate(await readScenario(file)),
      ({ rules }) => `${basename(file)} is in order: ${count(rules, "rule")}`,
    );
  },
  load: ({ flags, switches, folder }, words) => {
    const file = fileOf("load", folder, words);
    const name = flags["name"] ?? basename(file, extname(file));
    const activate = switches.has("activate");
    return showing(
      async (control) => control.scenarios.put(name, await readScenario(file), { activate }),
      describeScenario,
    );
  },
  activate: ({ flags: { seed, account, ttl } }, words) => {
    const name = one(words, USAGE);
    const options = {
      seed: readSeed("--seed", seed),
      scope: account === undefined ? undefined : { account },
      ttl,
    };
    return showing((control) => control.scenarios.activate(name, options), describeScenario);
  },
  deactivate: (_, words) => ofOne(words, (control, name) => control.scenarios.deactivate(name)),
  reset: (_, words) => ofOne(words, (control, name) => control.scenarios.reset(name)),
  status: (_, words) => ofOne(words, (control, name) => control.scenarios.status(name)),
  signal: (_, words) => {
    const [name, signal] = words;
    if (name === undefined || signal === undefined || words.length > 2)
      throw new UsageError("scenario signal takes a NAME and a SIGNAL");
    return showing((control) => control.scenarios.signal(name, signal), describeScenario);
  },
  hits: ({ flags: { rule } }, words) => {
    const name = one(words, USAGE);
    return showing((control) => control.scenarios.hits(name, { rule }), describeHits);
  },
  verify: (_, words) => {
    const name = one(words, USAGE);
    return async (control) => {
      const verdict = await control.scenarios.verify(name);
      return { json: verdict, text: describeVerdict(verdict), exitCode: verdict.ok ? 0 : 1 };
    };
  },
  remove: (_, words) => {
    const name = one(words, USAGE);
    return async (control) => {
      await control.scenarios.remove(name);
      return { json: { removed: name }, text: `${name} is removed` };
    };
  },
};

const REQUESTS: Actions = {
  list: (given) => showing((control) => control.requests.list(readFilters(given)), describeRequests),
  calls: (given) => showing((control) => control.calls(readFilters(given)), describeCalls),
  count: (given) => async (control) => {
    const found = await control.requests.count(readFilters(given));
    return { json: { count: found }, text: String(found) };
  },
  clear: () => async (control) => {
    await control.requests.clear();
    return { json: {}, text: "the journal is empty" };
  },
};

/** Each takes its own of these. */
const SCENARIO_FLAGS: Readonly<Record<string, readonly string[]>> = {
  load: ["name", "activate"],
  activate: ["seed", "account", "ttl"],
  hits: ["rule"],
};

const FILTERS = ["op", "status", "since", "fault", "access-key", "account", "limit"] as const;

export const scenario: Verb = {
  flags: ["name", "seed", "account", "ttl", "rule"],
  switches: ["activate"],
  maxPositionals: 3,
  read: (given) => read(given, SCENARIO, "list", USAGE, SCENARIO_FLAGS),
};

export const requests: Verb = {
  flags: FILTERS,
  maxPositionals: 1,
  read: (given) => {
    const taken = { list: FILTERS, calls: FILTERS, count: FILTERS };
    return read(given, REQUESTS, "list", "requests takes list, calls, count or clear", taken);
  },
};

function read(
  given: Given,
  actions: Actions,
  standard: string,
  usage: string,
  taken: Readonly<Record<string, readonly string[]>>,
): Ask {
  const [name = standard, ...words] = given.positionals;
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) throw new UsageError(usage);
  const flags = Object.keys(given.flags).filter((flag) => given.flags[flag] !== undefined);
  const names = [...flags, ...given.switches].filter((flag) => !COMMON.has(flag));
  const extra = names.find((flag) => taken[name]?.includes(flag) !== true);
  if (extra !== undefined) throw new UsageError(`${name} takes no --${extra}`);
  if (name === "list" && words.length > 0) throw new UsageError(usage);
  return action(given, words);
}

const COMMON = new Set(["endpoint", "json"]);

function one([word, ...rest]: readonly string[], usage: string): string {
  if (word === undefined || rest.length > 0) throw new UsageError(usage);
  return word;
}

const fileOf = (action: string, folder: string, words: readonly string[]): string =>
  resolve(folder, one(words, `scenario ${action} takes a FILE of YAML or JSON`));

function ofOne(
  words: readonly string[],
  ask: (control: ControlClient, name: string) => ReturnType<ControlClient["scenarios"]["status"]>,
): Ask {
  const name = one(words, USAGE);
  return showing((control) => ask(control, name), describeScenario);
}

const showing =
  <Answer>(ask: (control: ControlClient) => Promise<Answer>, describe: (answer: Answer) => string): Ask =>
  async (control) => {
    const answer = await ask(control);
    return { json: answer, text: describe(answer) };
  };

async function readScenario(file: string): Promise<string> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`the scenario ${file} cannot be read: ${error.code}`);
  });
}

function readFilters({ flags }: Given) {
  const { op, status, since, fault, account, limit, "access-key": accessKey } = flags;
  if (limit !== undefined && !/^[1-9]\d{0,4}$/.test(limit))
    throw new UsageError(`--limit takes a number from 1, got '${limit}'`);
  return {
    op,
    status,
    since,
    fault,
    accessKey,
    account,
    limit: limit === undefined ? undefined : Number(limit),
  };
}
