import * as z from "zod/mini";
import { described, named, route } from "./control-route.ts";
import {
  account,
  count,
  Duration,
  nameParam,
  Problem,
  ResourceName,
  ShownStatus,
  Timestamp,
} from "./shapes.ts";

const NAME = {
  name: "NAME",
  to: "params.name" as const,
  summary: "of a loaded scenario, or of one of the package",
};
const FILE = { name: "FILE", to: "body" as const, reads: "scenario" as const, summary: "YAML or JSON" };

const Scope = named(
  "ScenarioScope",
  z.object({
    account: z.optional(account()),
    accessKey: z.optional(z.string()),
    region: z.optional(z.string()),
  }),
  { description: "whose calls and imports a scenario touches" },
);

const HeldByRule = z.object({
  resource: ResourceName,
  status: ShownStatus,
  rule: z.string(),
  since: Timestamp,
  until: z.optional(Timestamp),
  signal: z.optional(z.string()),
});

const ScenarioState = z.object({
  id: z.string(),
  since: Timestamp,
  until: z.optional(Timestamp),
  signals: described("what leads on from here", z.readonly(z.array(z.string()))),
});

const status = {
  name: z.string(),
  description: z.optional(z.string()),
  status: z.enum(["active", "expired", "loaded", "preset"]),
  seed: z.optional(described("while it is active, and after it has expired", z.number())),
  scope: z.optional(Scope),
  activatedAt: z.optional(Timestamp),
  expiresAt: z.optional(Timestamp),
  state: z.optional(described("where it is, of one that has states", ScenarioState)),
  held: z.optional(described("what its rules keep in a status", z.readonly(z.array(HeldByRule)))),
  rules: z.readonly(z.array(z.object({ id: z.string(), hits: count() }))),
};
const ScenarioAnswer = named("ScenarioAnswer", z.object(status));
const ScenarioSource = named("ScenarioSource", z.object({ ...status, source: z.string() }));

const ScenariosAnswer = named(
  "ScenariosAnswer",
  z.object({
    scenarios: z.readonly(z.array(ScenarioAnswer)),
    presets: described("scenarios of the package that are not loaded", z.readonly(z.array(z.string()))),
  }),
);

const ActivationOptions = named(
  "ActivationOptions",
  z.object({
    seed: z.optional(described("from 0 to 2^32 - 1", z.int())),
    scope: z.optional(Scope),
    ttl: z.optional(described("deactivated after this time", Duration)),
  }),
  { description: "what replaces the scenario's own" },
);

export const HitAnswer = named(
  "HitAnswer",
  z.object({
    at: Timestamp,
    rule: z.string(),
    fault: described("scenario/rule#3", z.string()),
    subject: described("the call, or what happened by itself", z.record(z.string(), z.unknown())),
  }),
  { description: "one match of a rule" },
);

const Finding = named(
  "FindingAnswer",
  z.object({ expectation: z.record(z.string(), z.unknown()), message: z.string() }),
);
const VerdictAnswer = named(
  "VerdictAnswer",
  z.object({
    ok: described("everything is as expected, and it is certain", z.boolean()),
    failures: z.readonly(z.array(Finding)),
    inconclusive: described(
      "what cannot be told, since the journal no longer has all requests",
      z.readonly(z.array(Finding)),
    ),
  }),
);

const Validated = named("ValidatedScenario", z.object({ name: z.string(), rules: count() }));
named("ScenarioErrors", z.object({ errors: z.readonly(z.array(Problem)) }));

export const readScenarioSchema = route({
  method: "GET",
  path: "/_local/schema/scenario.json",
  summary: "Sends the JSON Schema of scenarios, for editors.",
  answers: { 200: z.record(z.string(), z.unknown()) },
});

export const listScenarios = route({
  method: "GET",
  path: "/_local/scenarios",
  summary: "Lists loaded scenarios with the hits of their rules, and those of the package.",
  answers: { 200: ScenariosAnswer },
  commands: [{ words: "scenario list", summary: "list them", isDefault: true, examples: ["scenario list"] }],
});

export const removeScenarios = route({
  method: "DELETE",
  path: "/_local/scenarios",
  summary: "Removes all scenarios.",
  answers: { 204: null },
});

export const validateScenario = route({
  method: "POST",
  path: "/_local/scenarios/validate",
  summary: "Checks a scenario and loads nothing.",
  body: { kind: "scenario" },
  answers: { 200: Validated },
  errors: ["InvalidScenario"],
  commands: [
    {
      words: "scenario validate",
      summary: "check a file and load nothing",
      arguments: [FILE],
      examples: ["scenario validate nightly.yaml"],
    },
  ],
});

export const loadScenario = route({
  method: "PUT",
  path: "/_local/scenarios/{name}",
  summary: "Loads a scenario, in YAML or JSON.",
  params: nameParam,
  query: z.object({ activate: z.optional(described("1 activates it at once", z.string())) }),
  body: { kind: "scenario" },
  answers: { 200: ScenarioAnswer },
  errors: ["InvalidScenario", "ScenarioConflict"],
  commands: [
    {
      words: "scenario load",
      summary: "load a file",
      arguments: [FILE],
      flags: [
        { flag: "name", value: "NAME", to: "params.name", summary: "the file's name where left out" },
        { flag: "activate", to: "query.activate", summary: "so that it begins at once" },
      ],
      examples: ["scenario load nightly.yaml --activate"],
    },
  ],
});

export const readScenario = route({
  method: "GET",
  path: "/_local/scenarios/{name}",
  summary: "Shows a scenario with its source.",
  params: nameParam,
  answers: { 200: ScenarioSource },
  errors: ["ScenarioNotFound"],
});

export const removeScenario = route({
  method: "DELETE",
  path: "/_local/scenarios/{name}",
  summary: "Removes a scenario; one of the package can be activated again.",
  params: nameParam,
  answers: { 204: null },
  errors: ["ScenarioNotFound"],
  commands: [
    {
      words: "scenario remove",
      summary: "remove one",
      arguments: [NAME],
      examples: ["scenario remove nightly"],
    },
  ],
});

export const readScenarioStatus = route({
  method: "GET",
  path: "/_local/scenarios/{name}/status",
  summary: "Shows whether a scenario is active, and how often each rule has matched.",
  params: nameParam,
  answers: { 200: ScenarioAnswer },
  errors: ["ScenarioNotFound"],
  commands: [
    {
      words: "scenario status",
      summary: "show one",
      arguments: [NAME],
      examples: ["scenario status nightly"],
    },
  ],
});

export const listScenarioHits = route({
  method: "GET",
  path: "/_local/scenarios/{name}/hits",
  summary: "Lists the last 1,000 matches of a scenario's rules.",
  params: nameParam,
  query: z.object({ rule: z.optional(described("only those of this rule", z.string())) }),
  answers: { 200: z.readonly(z.array(HitAnswer)) },
  errors: ["ScenarioNotFound"],
  commands: [
    {
      words: "scenario hits",
      summary: "list what its rules have matched",
      arguments: [NAME],
      flags: [{ flag: "rule", value: "RULE", to: "query.rule", summary: "only those of this rule" }],
      examples: ["scenario hits nightly --rule half-frames"],
    },
  ],
});

export const activateScenario = route({
  method: "POST",
  path: "/_local/scenarios/{name}/activate",
  summary: "Activates a scenario from its start.",
  params: nameParam,
  body: { kind: "checked", schema: ActivationOptions },
  example: { seed: 7, ttl: "10m" },
  answers: { 200: ScenarioAnswer },
  errors: ["InvalidScenario", "ScenarioNotFound", "ScenarioConflict"],
  commands: [
    {
      words: "scenario activate",
      summary: "let one begin",
      arguments: [NAME],
      flags: [
        {
          flag: "seed",
          value: "N",
          to: "body.seed",
          reads: "seed",
          summary: "the same seed decides the same each time",
        },
        {
          flag: "account",
          value: "ID",
          to: "body.scope.account",
          reads: "account",
          summary: "only calls and imports of this account",
        },
        {
          flag: "ttl",
          value: "DURATION",
          to: "body.ttl",
          reads: "duration",
          summary: "deactivated after this time: 10m",
        },
      ],
      examples: ["scenario activate import-partial", "scenario activate nightly --seed 7 --ttl 10m"],
    },
  ],
});

export const deactivateScenario = route({
  method: "POST",
  path: "/_local/scenarios/{name}/deactivate",
  summary: "Deactivates a scenario; the answer has its hits for the last time.",
  params: nameParam,
  answers: { 200: ScenarioAnswer },
  errors: ["ScenarioNotFound"],
  commands: [
    {
      words: "scenario deactivate",
      summary: "end one",
      arguments: [NAME],
      examples: ["scenario deactivate nightly"],
    },
  ],
});

export const resetScenario = route({
  method: "POST",
  path: "/_local/scenarios/{name}/reset",
  summary: "Starts an active scenario again: hits, states and random decisions.",
  params: nameParam,
  answers: { 200: ScenarioAnswer },
  errors: ["ScenarioNotFound", "ScenarioNotActive"],
  commands: [
    {
      words: "scenario reset",
      summary: "start one again",
      arguments: [NAME],
      examples: ["scenario reset nightly"],
    },
  ],
});

export const signalScenario = route({
  method: "POST",
  path: "/_local/scenarios/{name}/signal",
  summary: "Sends a signal: it leads to another state, or releases what is held until then.",
  params: nameParam,
  body: { kind: "checked", schema: named("ScenarioSignal", z.object({ signal: z.string() })) },
  example: { signal: "heal" },
  answers: { 200: ScenarioAnswer },
  errors: ["InvalidScenario", "ScenarioNotFound", "ScenarioNotActive", "UnknownSignal"],
  commands: [
    {
      words: "scenario signal",
      summary: "send one a signal",
      arguments: [NAME, { name: "SIGNAL", to: "body.signal", summary: "that the scenario waits for" }],
      examples: ["scenario signal nightly heal"],
    },
  ],
});

export const verifyScenario = route({
  method: "POST",
  path: "/_local/scenarios/{name}/verify",
  summary: "Compares what happened with what the scenario expects; 417 where it differs.",
  params: nameParam,
  answers: { 200: VerdictAnswer, 417: VerdictAnswer },
  errors: ["ScenarioNotFound", "ScenarioNotActive"],
  commands: [
    {
      words: "scenario verify",
      summary: "compare what happened with what it expects; ends with 1 where it differs",
      arguments: [NAME],
      examples: ["scenario verify nightly"],
    },
  ],
});
