import type {
  ActivationOptions,
  CallsAnswer,
  HitAnswer,
  RequestFilters,
  RequestsAnswer,
  ScenarioAnswer,
  ScenariosAnswer,
  VerdictAnswer,
} from "./scenario-answers.ts";

/** Asks a path of `/_local`. @param accepts statuses that are answers besides those below 300 */
export type CallControl = <Answer>(
  method: string,
  path: string,
  body?: object | string,
  accepts?: readonly number[],
) => Promise<Answer>;

/** `/_local/scenarios`. Presets go by their names, whether they are loaded or not. */
export const scenarioClient = (call: CallControl) => ({
  list: (): Promise<ScenariosAnswer> => call("GET", ROOT),
  /** Only looks. @throws ControlClientError that says what is wrong, a line for each */
  validate: (scenario: string | object): Promise<{ readonly name: string; readonly rules: number }> =>
    call("POST", pathOf("validate"), scenario),
  /** @param scenario YAML or JSON as text, or its tree. @param activate so that it begins at once */
  put: (
    name: string,
    scenario: string | object,
    { activate = false }: { readonly activate?: boolean } = {},
  ): Promise<ScenarioAnswer> => call("PUT", `${pathOf(name)}${activate ? "?activate=1" : ""}`, scenario),
  /** From the start, whether it is active or not. */
  activate: (name: string, options: ActivationOptions = {}): Promise<ScenarioAnswer> =>
    call("POST", `${pathOf(name)}/activate`, options),
  deactivate: (name: string): Promise<ScenarioAnswer> => call("POST", `${pathOf(name)}/deactivate`),
  /** Counts and draws begin anew. */
  reset: (name: string): Promise<ScenarioAnswer> => call("POST", `${pathOf(name)}/reset`),
  /** Leads to another state, or lets go what is held until then. */
  signal: (name: string, signal: string): Promise<ScenarioAnswer> =>
    call("POST", `${pathOf(name)}/signal`, { signal }),
  status: (name: string): Promise<ScenarioAnswer> => call("GET", `${pathOf(name)}/status`),
  /** The last thousand, or those of a rule among them. */
  hits: (name: string, { rule }: { readonly rule?: string | undefined } = {}): Promise<HitAnswer[]> =>
    call("GET", `${pathOf(name)}/hits${toQuery({ rule })}`),
  /** Holds what happened against what the scenario expects: `ok` says whether all is well. */
  verify: (name: string): Promise<VerdictAnswer> => call("POST", `${pathOf(name)}/verify`, undefined, [417]),
  /** One of the package can be activated again. */
  remove: (name: string): Promise<void> => call("DELETE", pathOf(name)),
});

/** `/_local/requests`: the journal, oldest first. */
export const requestClient = (call: CallControl) => ({
  list: (filters: RequestFilters = {}): Promise<RequestsAnswer> =>
    call("GET", `/_local/requests${toQuery(filters)}`),
  count: async (filters: RequestFilters = {}): Promise<number> =>
    (await call<{ readonly count: number }>("POST", "/_local/requests/count", filters)).count,
  clear: (): Promise<void> => call("DELETE", "/_local/requests"),
});

export const askCalls = (call: CallControl, filters: RequestFilters): Promise<CallsAnswer> =>
  call("GET", `/_local/calls${toQuery(filters)}`);

const ROOT = "/_local/scenarios";

const pathOf = (name: string): string => `${ROOT}/${encodeURIComponent(name)}`;

function toQuery(filters: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.size === 0 ? "" : `?${query.toString()}`;
}
