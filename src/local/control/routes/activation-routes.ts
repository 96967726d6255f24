import * as z from "zod/mini";
import { described, named, route } from "./control-route.ts";
import { SCENARIO_NAME, ScenarioAnswer, ActivationScope } from "./scenario-shapes.ts";
import { Duration, nameParam } from "./shapes.ts";

const ActivationOptions = named(
  "ActivationOptions",
  z.object({
    seed: z.optional(described("from 0 to 2^32 - 1", z.int())),
    scope: z.optional(ActivationScope),
    ttl: z.optional(described("deactivated after this time", Duration)),
  }),
  { description: "what replaces the scenario's own" },
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
      arguments: [SCENARIO_NAME],
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
      arguments: [SCENARIO_NAME],
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
      arguments: [SCENARIO_NAME],
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
      arguments: [
        SCENARIO_NAME,
        { name: "SIGNAL", to: "body.signal", summary: "that the scenario waits for" },
      ],
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
      arguments: [SCENARIO_NAME],
      examples: ["scenario verify nightly"],
    },
  ],
});
