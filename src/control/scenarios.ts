import type { HttpRequest, HttpResponse } from "../api/http.ts";
import type { Model } from "../api/model.ts";
import { nameOf, showStatus } from "../domain/resource.ts";
import { readBody } from "../gateway/read-body.ts";
import type { ActiveScenario, Activation, Held } from "../scenario/active-scenario.ts";
import type { Journal } from "../scenario/journal.ts";
import { loadPreset, presetNames } from "../scenario/load-scenario.ts";
import { MAX_SCENARIO_BYTES, readScenario } from "../scenario/read-scenario.ts";
import type { ReadyScenario } from "../scenario/scenario.ts";
import { ScenarioError, type Scenarios } from "../scenario/scenarios.ts";
import { check, suggest, type Problem, type Schema } from "../scenario/schema.ts";
import { verify } from "../scenario/verify.ts";
import { NAME } from "../scenario/name.ts";
import { ACTIVATION, PUBLISHED_SCHEMA, SIGNAL } from "../scenario/vocabulary.ts";
import { answer } from "./answer.ts";

export interface ScenarioParts {
  readonly scenarios: Scenarios;
  readonly journal: Journal;
  readonly model: Model;
}

export const SCENARIO_PATHS = [
  "GET /_local/schema/scenario.json",
  "GET or DELETE /_local/scenarios",
  "POST /_local/scenarios/validate",
  "PUT /_local/scenarios/{name}?activate=1",
  "GET or DELETE /_local/scenarios/{name}",
  "GET /_local/scenarios/{name}/status or hits",
  "POST /_local/scenarios/{name}/activate, deactivate, reset, signal or verify",
] as const;

/** Serves `/_local/scenarios`; undefined where nothing is there. */
export async function answerScenarios(
  parts: ScenarioParts,
  request: HttpRequest,
): Promise<HttpResponse | undefined> {
  const { method, path } = request;
  if (path === "/_local/schema/scenario.json" && isRead(method)) return answer(200, PUBLISHED_SCHEMA);
  const [, name, action] = /^\/_local\/scenarios(?:\/([^/]+)(?:\/([^/]+))?)?$/.exec(path) ?? [];
  if (name === undefined) return path === "/_local/scenarios" ? answerAll(parts, method) : undefined;
  try {
    if (name === "validate" && method === "POST") return await validate(parts, request);
    return await answerOne(parts, request, name, action);
  } catch (error) {
    if (error instanceof ScenarioError) return answer(409, { message: error.message });
    throw error;
  }
}

function answerAll(parts: ScenarioParts, method: string): HttpResponse | undefined {
  if (isRead(method)) return list(parts);
  if (method !== "DELETE") return undefined;
  parts.scenarios.removeAll();
  return { status: 204, headers: {} };
}

async function answerOne(
  parts: ScenarioParts,
  request: HttpRequest,
  name: string,
  action: string | undefined,
): Promise<HttpResponse | undefined> {
  const key = `${isRead(request.method) ? "GET" : request.method} ${action ?? ""}`.trim();
  if (key === "PUT") return put(parts, request, name);
  const perform = ACTIONS[key];
  if (perform === undefined) return undefined;
  const known = parts.scenarios.get(name);
  const scenario = known ?? (await preset(parts, name));
  if (scenario === undefined) return unknown(parts, name);
  return perform(parts, scenario, request);
}

type Perform = (
  parts: ScenarioParts,
  scenario: ReadyScenario,
  request: HttpRequest,
) => HttpResponse | Promise<HttpResponse>;

/** By method and last part of the path. */
const ACTIONS: Readonly<Record<string, Perform>> = {
  GET: (parts, scenario) => answer(200, { ...status(parts, scenario), source: scenario.text }),
  DELETE: ({ scenarios }, { name }) => {
    scenarios.remove(name);
    return { status: 204, headers: {} };
  },
  "GET status": (parts, scenario) => answer(200, status(parts, scenario)),
  "GET hits": (parts, { name }, { query }) => {
    const rule = new URLSearchParams(query).get("rule");
    const hits = (parts.scenarios.run(name)?.hits ?? []).filter((hit) => rule === null || rule === hit.rule);
    return answer(
      200,
      hits.map((hit) => ({ ...hit, at: new Date(hit.at) })),
    );
  },
  "POST activate": activate,
  "POST deactivate": (parts, scenario) => {
    const { rules } = status(parts, scenario);
    parts.scenarios.deactivate(scenario.name);
    // What it had counted, for the last time.
    return answer(200, { ...status(parts, scenario), rules });
  },
  "POST reset": (parts, scenario) =>
    parts.scenarios.restart(scenario.name) === undefined
      ? notActive(scenario)
      : answer(200, status(parts, scenario)),
  "POST signal": signal,
  "POST verify": ({ scenarios, journal }, scenario) => {
    const run = scenarios.run(scenario.name);
    if (run === undefined) return notActive(scenario);
    const verdict = verify(run, journal);
    return answer(verdict.ok ? 200 : 417, verdict);
  },
};

async function put(
  { scenarios, model }: ScenarioParts,
  request: HttpRequest,
  name: string,
): Promise<HttpResponse> {
  const wrongName = check(NAME, name);
  if (wrongName.length > 0) return answer(422, { errors: wrongName });
  const { scenario, problems } = await readScenario(await readText(request), model, {
    given: name,
    default: name,
  });
  if (scenario === undefined) return answer(422, { errors: problems });
  const isToBeActive = ["1", "true"].includes(new URLSearchParams(request.query).get("activate") ?? "");
  scenarios.put(scenario);
  if (isToBeActive) scenarios.activate(scenario);
  return answer(200, status({ scenarios }, scenario));
}

async function validate({ model }: ScenarioParts, request: HttpRequest): Promise<HttpResponse> {
  const { scenario, problems } = await readScenario(await readText(request), model, { default: "scenario" });
  if (scenario === undefined) return answer(422, { errors: problems });
  return answer(200, { name: scenario.name, rules: scenario.rules.length });
}

async function signal(
  parts: ScenarioParts,
  scenario: ReadyScenario,
  request: HttpRequest,
): Promise<HttpResponse> {
  const { value, errors } = await readJson(request, SIGNAL, '{"signal": "heal"}');
  if (errors !== undefined) return answer(422, { errors });
  const run = parts.scenarios.isActive(scenario.name) ? parts.scenarios.run(scenario.name) : undefined;
  if (run === undefined) return notActive(scenario);
  const name = (value as { signal: string }).signal;
  const known = run.signals(parts.scenarios.now());
  if (parts.scenarios.signal(run, name)) return answer(200, status(parts, scenario));
  const waiting = known.length === 0 ? "nothing waits for a signal" : suggest(name, known);
  return answer(409, { message: `No signal ${JSON.stringify(name)} leads on from here: ${waiting}` });
}

async function activate(
  parts: ScenarioParts,
  scenario: ReadyScenario,
  request: HttpRequest,
): Promise<HttpResponse> {
  const { value, errors } = await readJson(request, ACTIVATION, '{"seed": 7}');
  if (errors !== undefined) return answer(422, { errors });
  if (parts.scenarios.get(scenario.name) === undefined) parts.scenarios.put(scenario);
  parts.scenarios.activate(scenario, value as Activation);
  return answer(200, status(parts, scenario));
}

async function readJson(
  request: HttpRequest,
  schema: Schema,
  example: string,
): Promise<{ readonly value: unknown; readonly errors?: readonly Problem[] }> {
  const text = await readText(request);
  try {
    const value: unknown = text.trim() === "" ? {} : JSON.parse(text);
    const errors = check(schema, value);
    return errors.length > 0 ? { value, errors } : { value };
  } catch {
    return {
      value: undefined,
      errors: [{ pointer: "", message: `the body is no JSON; it is such as ${example}` }],
    };
  }
}

function list({ scenarios }: ScenarioParts): HttpResponse {
  const loaded = scenarios.list().map((scenario) => status({ scenarios }, scenario));
  const known = new Set(loaded.map(({ name }) => name));
  const presets = presetNames().filter((name) => !known.has(name));
  return answer(200, { scenarios: loaded, presets });
}

/** What there is to say of a scenario; of one that is active, with what its rules have done. */
function status(
  { scenarios }: Pick<ScenarioParts, "scenarios">,
  { name, description, rules }: ReadyScenario,
) {
  const run = scenarios.run(name);
  const isActive = scenarios.isActive(name);
  return {
    name,
    description,
    status: isActive ? "active" : run !== undefined ? "expired" : scenarios.get(name) ? "loaded" : "preset",
    ...(run === undefined ? {} : describeRun(run)),
    ...(isActive && run?.machine !== undefined ? { state: run.machine.describe(scenarios.now()) } : {}),
    ...(isActive && run !== undefined ? { held: scenarios.heldBy(run).map(showHeld) } : {}),
    rules: rules.map(({ id }, index) => ({ id, hits: run?.rules[index]?.hits ?? 0 })),
  };
}

const showHeld = (held: Held) => ({
  resource: nameOf(held),
  status: showStatus(held.kind, held.from),
  rule: held.rule,
  since: new Date(held.since),
  ...(Number.isFinite(held.until) ? { until: new Date(held.until) } : {}),
  ...(held.signal === undefined ? {} : { signal: held.signal }),
});

const describeRun = ({ seed, scope, activatedAt, expiresAt }: ActiveScenario) => ({
  seed,
  scope,
  activatedAt: new Date(activatedAt),
  ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt) }),
});

async function preset({ model }: ScenarioParts, name: string): Promise<ReadyScenario | undefined> {
  return presetNames().includes(name) ? loadPreset(name, model) : undefined;
}

function unknown({ scenarios }: ScenarioParts, name: string): HttpResponse {
  const names = [...new Set([...scenarios.list().map((scenario) => scenario.name), ...presetNames()])];
  return answer(404, { message: `No scenario is called ${JSON.stringify(name)}: ${suggest(name, names)}` });
}

const notActive = ({ name }: ReadyScenario): HttpResponse =>
  answer(409, { message: `The scenario ${name} is not active: POST /_local/scenarios/${name}/activate` });

const readText = async (request: HttpRequest): Promise<string> =>
  new TextDecoder().decode(await readBody(request, MAX_SCENARIO_BYTES));

const isRead = (method: string): boolean => method === "GET" || method === "HEAD";
