import * as z from "zod/mini";
import { described, named } from "./control-route.ts";
import { account, count, ResourceName, ShownStatus, Timestamp } from "./shapes.ts";

export const SCENARIO_NAME = {
  name: "NAME",
  to: "params.name" as const,
  reads: "scenarioName" as const,
  summary: "name of a loaded scenario, or of one of the package",
};

export const ActivationScope = named(
  "ScenarioScope",
  z.object({
    account: z.optional(account()),
    accessKey: z.optional(z.string()),
    region: z.optional(z.string()),
  }),
  { description: "callers whose calls and imports a scenario affects" },
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
  signals: described("conditions that start another state", z.readonly(z.array(z.string()))),
});

export const SCENARIO_STATUS = {
  name: z.string(),
  description: z.optional(z.string()),
  status: z.enum(["active", "expired", "loaded", "preset"]),
  seed: z.optional(described("present while the scenario is active, and after it has expired", z.number())),
  scope: z.optional(ActivationScope),
  activatedAt: z.optional(Timestamp),
  expiresAt: z.optional(Timestamp),
  state: z.optional(described("the current state, if the scenario has states", ScenarioState)),
  held: z.optional(described("resources that its rules hold in a status", z.readonly(z.array(HeldByRule)))),
  rules: z.readonly(z.array(z.object({ id: z.string(), hits: count() }))),
};

export const ScenarioAnswer = named("ScenarioAnswer", z.object(SCENARIO_STATUS));
