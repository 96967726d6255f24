import * as z from "zod/mini";
import { described, named, route } from "./control-route.ts";
import { SCENARIO_NAME, ScenarioAnswer, ActivationScope } from "./scenario-shapes.ts";
import { Duration, nameParam } from "./shapes.ts";

const ActivationOptions = named(
  "ActivationOptions",
  z.object({
    seed: z.optional(described("from 0 to 2^32 - 1", z.int())),
    scope: z.optional(ActivationScope),
    ttl: z.optional(described("time after which the scenario is deactivated", Duration)),
  }),
  { description: "values that replace the scenario's own" },
);

const Finding = named(
  "FindingAnswer",
  z.object({ expectation: z.record(z.string(), z.unknown()), message: z.string() }),
);
const VerdictAnswer = named(
  "VerdictAnswer",
  z.object({
    ok: described("all expectations are met, and none is undecided", z.boolean()),
    failures: z.readonly(z.array(Finding)),
    inconclusive: described(
      "undecided expectations: the journal no longer has all requests",
      z.readonly(z.array(Finding)),
    ),
  }),
);

export const activateScenario = route({
  method: "POST",
  path: "/_local/scenarios/{name}/activate",
  summary: "Activates a scenario, from its first state.",
  params: nameParam,
  body: { kind: "checked", schema: ActivationOptions },
  example: { seed: 7, ttl: "10m" },
  answers: { 200: ScenarioAnswer },
  errors: ["InvalidScenario", "ScenarioNotFound", "ScenarioConflict"],
  commands: [
    {
      words: "scenario activate",
      summary: "activate a scenario",
      arguments: [SCENARIO_NAME],
      flags: [
        {
          flag: "seed",
          value: "N",
          to: "body.seed",
          reads: "seed",
          summary: "seed for random decisions: the same seed gives the same decisions",
        },
        {
          flag: "account",
          value: "ID",
          to: "body.scope.account",
          reads: "account",
          summary: "affect only calls and imports of this account",
        },
        {
          flag: "ttl",
          value: "DURATION",
          to: "body.ttl",
          reads: "duration",
          summary: "deactivate the scenario after this time: 10m",
        },
      ],
      examples: ["scenario activate import-partial", "scenario activate nightly --seed 7 --ttl 10m"],
    },
  ],
});

export const deactivateScenario = route({
  method: "POST",
  path: "/_local/scenarios/{name}/deactivate",
  summary: "Deactivates a scenario. The answer has its final hits.",
  params: nameParam,
  answers: { 200: ScenarioAnswer },
  errors: ["ScenarioNotFound"],
  commands: [
    {
      words: "scenario deactivate",
      summary: "deactivate a scenario",
      arguments: [SCENARIO_NAME],
      examples: ["scenario deactivate nightly"],
    },
  ],
});

export const resetScenario = route({
  method: "POST",
  path: "/_local/scenarios/{name}/reset",
  summary: "Restarts an active scenario: hits, states and random decisions.",
  params: nameParam,
  answers: { 200: ScenarioAnswer },
  errors: ["ScenarioNotFound", "ScenarioNotActive"],
  commands: [
    {
      words: "scenario reset",
      summary: "restart a scenario",
      arguments: [SCENARIO_NAME],
      examples: ["scenario reset nightly"],
    },
  ],
});

export const signalScenario = route({
  method: "POST",
  path: "/_local/scenarios/{name}/signal",
  summary: "Sends a signal to a scenario: it starts another state, or releases held resources.",
  params: nameParam,
  body: { kind: "checked", schema: named("ScenarioSignal", z.object({ signal: z.string() })) },
  example: { signal: "heal" },
  answers: { 200: ScenarioAnswer },
  errors: ["InvalidScenario", "ScenarioNotFound", "ScenarioNotActive", "UnknownSignal"],
  commands: [
    {
      words: "scenario signal",
      summary: "send a signal to a scenario",
      arguments: [
        SCENARIO_NAME,
        {
          name: "SIGNAL",
          to: "body.signal",
          reads: "scenarioName",
          summary: "a signal that the scenario waits for",
        },
      ],
      examples: ["scenario signal nightly heal"],
    },
  ],
});

export const verifyScenario = route({
  method: "POST",
  path: "/_local/scenarios/{name}/verify",
  summary: "Checks the expectations of a scenario. The status is 417 if one is not met.",
  params: nameParam,
  answers: { 200: VerdictAnswer, 417: VerdictAnswer },
  errors: ["ScenarioNotFound", "ScenarioNotActive"],
  commands: [
    {
      words: "scenario verify",
      summary: "check its expectations; exit code 1 if one is not met",
      arguments: [SCENARIO_NAME],
      examples: ["scenario verify nightly"],
    },
  ],
});
