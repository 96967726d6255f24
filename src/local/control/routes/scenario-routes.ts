import * as z from "zod/mini";
import { described, named, route } from "./control-route.ts";
import { SCENARIO_NAME, SCENARIO_STATUS, ScenarioAnswer } from "./scenario-shapes.ts";
import { count, nameParam, ScenarioProblem, Timestamp } from "./shapes.ts";

const FILE = { name: "FILE", to: "body" as const, reads: "scenario" as const, summary: "YAML or JSON" };

const ScenarioSource = named("ScenarioSource", z.object({ ...SCENARIO_STATUS, source: z.string() }));

const ScenariosAnswer = named(
  "ScenariosAnswer",
  z.object({
    scenarios: z.readonly(z.array(ScenarioAnswer)),
    presets: described("scenarios of the package that are not loaded", z.readonly(z.array(z.string()))),
  }),
);

export const HitAnswer = named(
  "HitAnswer",
  z.object({
    at: Timestamp,
    rule: z.string(),
    fault: described("scenario/rule#3", z.string()),
    subject: described(
      "the call, file, manifest or transition that matched",
      z.record(z.string(), z.unknown()),
    ),
  }),
  { description: "one match of a rule" },
);

const Validated = named("ValidatedScenario", z.object({ name: z.string(), rules: count() }));
named("ScenarioErrors", z.object({ errors: z.readonly(z.array(ScenarioProblem)) }));

export const readScenarioSchema = route({
  method: "GET",
  path: "/_local/schema/scenario.json",
  summary: "Returns the JSON Schema of scenarios, for editors.",
  answers: { 200: z.record(z.string(), z.unknown()) },
});

export const listScenarios = route({
  method: "GET",
  path: "/_local/scenarios",
  summary: "Lists loaded scenarios with the hits of their rules, and the names of the package's scenarios.",
  answers: { 200: ScenariosAnswer },
  commands: [
    { words: "scenario list", summary: "list scenarios", isDefault: true, examples: ["scenario list"] },
  ],
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
  summary: "Checks a scenario without loading it.",
  body: { kind: "scenario" },
  answers: { 200: Validated },
  errors: ["InvalidScenario"],
  commands: [
    {
      words: "scenario validate",
      summary: "check a file without loading it",
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
  query: z.object({ activate: z.optional(described("1 also activates it", z.string())) }),
  body: { kind: "scenario" },
  answers: { 200: ScenarioAnswer },
  errors: ["InvalidScenario", "ScenarioConflict"],
  commands: [
    {
      words: "scenario load",
      summary: "load a scenario from a file",
      arguments: [FILE],
      flags: [
        { flag: "name", value: "NAME", to: "params.name", summary: "default: the name of the file" },
        { flag: "activate", to: "query.activate", summary: "also activate it" },
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
  summary: "Removes a scenario. A scenario of the package can be activated again.",
  params: nameParam,
  answers: { 204: null },
  errors: ["ScenarioNotFound"],
  commands: [
    {
      words: "scenario remove",
      summary: "remove a scenario",
      arguments: [SCENARIO_NAME],
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
      summary: "show a scenario",
      arguments: [SCENARIO_NAME],
      examples: ["scenario status nightly"],
    },
  ],
});

export const listScenarioHits = route({
  method: "GET",
  path: "/_local/scenarios/{name}/hits",
  summary: "Lists the last 1,000 matches of a scenario's rules.",
  params: nameParam,
  query: z.object({ rule: z.optional(described("only matches of this rule", z.string())) }),
  answers: { 200: z.readonly(z.array(HitAnswer)) },
  errors: ["ScenarioNotFound"],
  commands: [
    {
      words: "scenario hits",
      summary: "list the matches of its rules",
      arguments: [SCENARIO_NAME],
      flags: [{ flag: "rule", value: "RULE", to: "query.rule", summary: "only matches of this rule" }],
      examples: ["scenario hits nightly --rule half-frames"],
    },
  ],
});
