import { BODY_BOUNDS, JsonExcess, parseBoundedJson } from "../../../api/json.ts";
import { LocalError } from "../../../api/local-errors.ts";
import { DurationError, readDuration } from "../../../domain/time/duration-text.ts";
import type { HttpRequest } from "../../../api/http.ts";
import type { Journal } from "../../../aws/activity/journal.ts";
import type { Model } from "../../../api/model/model.ts";
import { readBody } from "../../../healthimaging/http/read-body.ts";
import type { Activation } from "../../scenarios/active-scenario.ts";
import { loadPreset, presetNames, suggestPreset } from "../../scenarios/reading/load-scenario.ts";
import { NAME } from "../../scenarios/reading/name.ts";
import { MAX_SCENARIO_BYTES, readScenarioSource } from "../../scenarios/reading/read-scenario.ts";
import type { ReadyScenario } from "../../scenarios/scenario.ts";
import type { Scenarios } from "../../scenarios/scenarios.ts";
import { check, suggest, type Problem, type Schema } from "../../scenarios/reading/schema.ts";
import { verify, type Finding } from "../../scenarios/verify.ts";
import { ACTIVATION, PUBLISHED_SCHEMA, SIGNAL } from "../../scenarios/reading/vocabulary.ts";
import { describeStatus, describeAllScenarios, timestamp } from "./describe-scenario.ts";
import { NOTHING, ok, type Handlers } from "../handler.ts";
import { isOn } from "../read-values.ts";

export interface ScenarioParts {
  readonly scenarios: Scenarios;
  readonly journal: Journal;
  readonly model: Model;
}

/** Loads, shows and removes scenarios. */
export const scenarioHandlers = (
  parts: ScenarioParts,
): Handlers<
  | "readScenarioSchema"
  | "listScenarios"
  | "removeScenarios"
  | "validateScenario"
  | "loadScenario"
  | "readScenario"
  | "removeScenario"
  | "readScenarioStatus"
  | "listScenarioHits"
> => {
  const { scenarios } = parts;
  return {
    readScenarioSchema: () => ok(PUBLISHED_SCHEMA),
    listScenarios: () => ok(describeAllScenarios(parts)),
    removeScenarios: () => {
      scenarios.removeAll();
      return NOTHING;
    },
    validateScenario: async ({ request }) => {
      const { name, rules } = await read(parts, request, { default: "scenario" });
      return ok({ name, rules: rules.length });
    },
    loadScenario: async ({ params: { name }, query: { activate }, request }) => {
      refuseProblems(check(NAME, name));
      const scenario = await read(parts, request, { given: name, default: name });
      scenarios.put(scenario);
      if (isOn(activate)) scenarios.activate(scenario);
      return ok(describeStatus(parts, scenario));
    },
    readScenario: async ({ params: { name } }) => {
      const scenario = await known(parts, name);
      return ok({ ...describeStatus(parts, scenario), source: scenario.text });
    },
    removeScenario: async ({ params: { name } }) => {
      scenarios.remove((await known(parts, name)).name);
      return NOTHING;
    },
    readScenarioStatus: async ({ params: { name } }) => ok(describeStatus(parts, await known(parts, name))),
    listScenarioHits: async ({ params: { name }, query: { rule } }) => {
      const hits = scenarios.run((await known(parts, name)).name)?.hits ?? [];
      const wanted = hits.filter((hit) => rule === undefined || rule === hit.rule);
      return ok(
        wanted.map(({ at, rule: id, fault, subject }) => ({
          at: timestamp(at),
          rule: id,
          fault,
          subject: { ...subject },
        })),
      );
    },
  };
};

/** Activates, signals and deactivates scenarios. */
export const activationHandlers = (
  parts: ScenarioParts,
): Handlers<
  "activateScenario" | "deactivateScenario" | "resetScenario" | "signalScenario" | "verifyScenario"
> => {
  const { scenarios, journal } = parts;
  return {
    activateScenario: async ({ params: { name }, request }) => {
      const scenario = await known(parts, name);
      const activation = await readActivation(request);
      if (scenarios.get(scenario.name) === undefined) scenarios.put(scenario);
      scenarios.activate(scenario, activation);
      return ok(describeStatus(parts, scenario));
    },
    deactivateScenario: async ({ params: { name } }) => {
      const scenario = await known(parts, name);
      const { rules } = describeStatus(parts, scenario);
      scenarios.deactivate(scenario.name);
      // Its final counts.
      return ok({ ...describeStatus(parts, scenario), rules });
    },
    resetScenario: async ({ params: { name } }) => {
      const scenario = await known(parts, name);
      if (scenarios.restart(scenario.name) === undefined) throw notActive(scenario);
      return ok(describeStatus(parts, scenario));
    },
    signalScenario: async ({ params: { name }, request }) => {
      const scenario = await known(parts, name);
      const { signal } = await readChecked<{ readonly signal: string }>(
        request,
        SIGNAL,
        '{"signal": "heal"}',
      );
      const run = scenarios.isActive(scenario.name) ? scenarios.run(scenario.name) : undefined;
      if (run === undefined) throw notActive(scenario);
      const expected = run.signals(scenarios.now());
      if (scenarios.signal(run, signal)) return ok(describeStatus(parts, scenario));
      const waiting = expected.length === 0 ? "it does not wait for a signal" : suggest(signal, expected);
      throw new LocalError(
        "UnknownSignal",
        `The scenario ${scenario.name} does not wait for the signal ${JSON.stringify(signal)} now: ${waiting}`,
      );
    },
    verifyScenario: async ({ params: { name } }) => {
      const scenario = await known(parts, name);
      const run = scenarios.run(scenario.name);
      if (run === undefined) throw notActive(scenario);
      const { failures, inconclusive, ...verdict } = verify(run, journal);
      const body = { ...verdict, failures: failures.map(show), inconclusive: inconclusive.map(show) };
      return body.ok ? ok(body) : { status: 417, body };
    },
  };
};

const show = ({ expectation, message }: Finding) => ({ expectation: { ...expectation }, message });

/** A loaded scenario, or a preset. @throws LocalError */
async function known({ scenarios, model }: ScenarioParts, name: string): Promise<ReadyScenario> {
  const loaded = scenarios.get(name);
  if (loaded !== undefined) return loaded;
  const presets = presetNames();
  if (presets.includes(name)) return loadPreset(name, model);
  const names = [...new Set([...scenarios.list().map((scenario) => scenario.name), ...presets])];
  throw new LocalError(
    "ScenarioNotFound",
    `No scenario is named ${JSON.stringify(name)}: ${suggestPreset(name, names, `a file is loaded first: scenario load ${name}.yaml`)}`,
  );
}

const notActive = ({ name }: ReadyScenario): LocalError =>
  new LocalError(
    "ScenarioNotActive",
    `The scenario ${name} is not active: POST /_local/scenarios/${name}/activate`,
  );

/** @throws LocalError with all problems */
async function read(
  { model }: ScenarioParts,
  request: HttpRequest,
  name: Parameters<typeof readScenarioSource>[2],
): Promise<ReadyScenario> {
  const { scenario, problems } = await readScenarioSource(await readText(request), model, name);
  if (scenario !== undefined) return scenario;
  throw invalid(problems);
}

async function readChecked<T>(request: HttpRequest, schema: Schema, example: string): Promise<T> {
  const value = parseJson(await readText(request), example);
  refuseProblems(check(schema, value));
  // It was checked above.
  return value as T;
}

async function readActivation(request: HttpRequest): Promise<Activation> {
  type Sent = Omit<Activation, "ttlMs"> & { readonly ttl?: string };
  const { ttl, ...others } = await readChecked<Sent>(request, ACTIVATION, '{"seed": 7}');
  if (ttl === undefined) return others;
  try {
    return { ...others, ttlMs: readDuration(ttl) };
  } catch (error) {
    if (error instanceof DurationError) throw invalid([{ pointer: "/ttl", message: error.message }]);
    throw error;
  }
}

function parseJson(text: string, example: string): unknown {
  try {
    return text.trim() === "" ? {} : parseBoundedJson(text, BODY_BOUNDS);
  } catch (error) {
    if (error instanceof JsonExcess) throw invalid([{ pointer: "", message: `the body ${error.message}` }]);
    throw invalid([{ pointer: "", message: `the body is not JSON, expected for example ${example}` }]);
  }
}

function refuseProblems(problems: readonly Problem[]): void {
  if (problems.length > 0) throw invalid(problems);
}

/** The answer has the list of problems, and no other message. */
const invalid = (errors: readonly Problem[]): LocalError => new LocalError("InvalidScenario", "", { errors });

const readText = async (request: HttpRequest): Promise<string> =>
  new TextDecoder().decode(await readBody(request, MAX_SCENARIO_BYTES));
