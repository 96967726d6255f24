import type { ControlCalls } from "./control-calls.ts";
import type {
  ActivationOptions,
  HitAnswer,
  RequestFilters,
  RequestsAnswer,
  ScenarioAnswer,
  ScenarioSource,
  ScenariosAnswer,
  ValidatedScenario,
  VerdictAnswer,
} from "./control-operations.ts";

type Ask = ControlCalls["ask"];

/** `/_local/scenarios`. Presets are addressed by their names, whether they are loaded or not. */
export const scenarioClient = (ask: Ask) => ({
  /** @example const { scenarios, presets } = await control.scenarios.list() */
  list: (): Promise<ScenariosAnswer> => ask("listScenarios", {}),
  /**
   * In its original form: YAML or JSON.
   * @example const { source } = await control.scenarios.get("nightly")
   */
  get: (name: string): Promise<ScenarioSource> => ask("readScenario", { params: { name } }),
  /**
   * The JSON Schema of scenarios, for editors and generators.
   * @example const schema = await control.scenarios.schema()
   */
  schema: (): Promise<Readonly<Record<string, unknown>>> => ask("readScenarioSchema", {}),
  /**
   * Checks a scenario without loading it.
   * @throws ControlClientError with one line per problem
   * @example await control.scenarios.validate(await readFile("nightly.yaml", "utf8"))
   */
  validate: (scenario: string | object): Promise<ValidatedScenario> =>
    ask("validateScenario", { body: scenario }),
  /**
   * @param scenario YAML or JSON as text, or its tree
   * @param options `activate`: also activates it
   * @example await control.scenarios.put("nightly", yaml, { activate: true })
   */
  put: (
    name: string,
    scenario: string | object,
    { activate = false }: { readonly activate?: boolean } = {},
  ): Promise<ScenarioAnswer> =>
    ask("loadScenario", { params: { name }, query: activate ? { activate: "1" } : {}, body: scenario }),
  /**
   * Starts it from the beginning, whether it is active or not.
   * @example await control.scenarios.activate("import-partial", { seed: 7, ttl: "10m" })
   */
  activate: (name: string, options: ActivationOptions = {}): Promise<ScenarioAnswer> =>
    ask("activateScenario", { params: { name }, body: options }),
  /** @example await control.scenarios.deactivate("nightly") */
  deactivate: (name: string): Promise<ScenarioAnswer> => ask("deactivateScenario", { params: { name } }),
  /**
   * Restarts hits, states and random decisions.
   * @example await control.scenarios.reset("nightly")
   */
  reset: (name: string): Promise<ScenarioAnswer> => ask("resetScenario", { params: { name } }),
  /**
   * Starts another state, or releases held resources.
   * @example await control.scenarios.signal("nightly", "heal")
   */
  signal: (name: string, signal: string): Promise<ScenarioAnswer> =>
    ask("signalScenario", { params: { name }, body: { signal } }),
  /** @example const { status, rules } = await control.scenarios.status("nightly") */
  status: (name: string): Promise<ScenarioAnswer> => ask("readScenarioStatus", { params: { name } }),
  /**
   * The last thousand matches, of all rules or of one.
   * @example const hits = await control.scenarios.hits("nightly", { rule: "half-frames" })
   */
  hits: async (name: string, { rule }: { readonly rule?: string | undefined } = {}): Promise<HitAnswer[]> =>
    // It has just been parsed: it is the caller's.
    (await ask("listScenarioHits", { params: { name }, query: { rule } })) as HitAnswer[],
  /**
   * Checks the scenario's expectations: `ok` is true if all are met.
   * @example expect(await control.scenarios.verify("nightly")).toMatchObject({ ok: true })
   */
  verify: (name: string): Promise<VerdictAnswer> => ask("verifyScenario", { params: { name } }, [417]),
  /**
   * Removes it; a preset can be activated again.
   * @example await control.scenarios.remove("nightly")
   */
  remove: (name: string): Promise<void> => ask("removeScenario", { params: { name } }),
  /**
   * Removes all; presets can be activated again.
   * @example await control.scenarios.removeAll()
   */
  removeAll: (): Promise<void> => ask("removeScenarios", {}),
});

/** `/_local/requests`: the journal, oldest first. */
export const requestClient = (ask: Ask) => ({
  /** @example const { requests } = await control.requests.list({ op: "Get*", status: "5xx" }) */
  list: (filters: RequestFilters = {}): Promise<RequestsAnswer> => ask("listRequests", { query: filters }),
  /** @example expect(await control.requests.count({ op: "GetImageFrame" })).toBe(3) */
  count: async (filters: RequestFilters = {}): Promise<number> =>
    (await ask("countRequests", { body: filters })).count,
  /** @example await control.requests.clear() */
  clear: (): Promise<void> => ask("clearRequests", {}),
});
