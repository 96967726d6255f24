import * as z from "zod/mini";
import { QUOTAS, THROTTLES } from "../../../api/limits/published-limits.ts";
import { QUOTA_ALIASES } from "../../../api/limits/quota-names.ts";
import { by, described, named, route } from "./control-route.ts";
import { account, bool, count } from "./shapes.ts";

named("Operation", z.enum([...THROTTLES.keys()]), { description: "an operation of the API" });
named("QuotaName", z.enum(QUOTAS.map(({ name }) => name)), {
  description: "as the developer guide names it",
});
named("QuotaAlias", z.enum([...QUOTA_ALIASES.keys()]), {
  description: "as Service Quotas names it, or its code",
});

const Throttle = named("Throttle", z.object({ rate: z.number(), burst: z.number() }), {
  description: "calls per second, and calls at once",
});

const ThrottleUse = named(
  "ThrottleUse",
  z.object({
    rate: z.number(),
    burst: z.number(),
    tokens: described(
      "what is left to each account that has called",
      z.readonly(z.array(z.object({ account: z.string(), region: z.string(), left: z.number() }))),
    ),
  }),
);

const Throttling = named(
  "Throttling",
  z.union(
    [
      z.enum(["aws", "off"]),
      described("a multiple of AWS's limits, from 0.001 to 1000", z.number()),
      z.object({
        limits: described("others keep AWS's limit", by("Operation", Throttle)),
        note: z.optional(z.unknown()),
      }),
    ],
    { error: '"aws", "off", a number to multiply AWS\'s limits by, or a table' },
  ),
  { description: "AWS's limits, none, a multiple of AWS's, or a table" },
);

const QuotaUse = named(
  "QuotaUse",
  z.union([
    z.object({ inUse: count(), account: z.string(), region: z.string() }),
    z.object({ inUse: count(), datastoreId: z.string() }),
  ]),
  { description: "how much of a quota an account in a region, or a data store, uses" },
);

const QuotaAnswer = named(
  "QuotaAnswer",
  z.object({
    value: z.number(),
    unit: z.optional(described("KB, MB or GB; a count where left out", z.string())),
    regions: z.optional(described("regions with another value", z.record(z.string(), z.number()))),
    counts: z.optional(described("what is counted", z.string())),
    adjustable: described("AWS raises it on request", z.boolean()),
    use: z.optional(z.readonly(z.array(QuotaUse))),
  }),
);

const LimitsAnswer = named(
  "LimitsAnswer",
  z.object({
    throttling: Throttling,
    throttles: described("by operation; empty where nothing is limited", z.record(z.string(), ThrottleUse)),
    quotas: by("QuotaName | (string & {})", QuotaAnswer, { "x-all-keys": true }),
    deny: described("patterns of calls that are denied", z.readonly(z.array(z.string()))),
  }),
);

const QuotaChange = z.union([
  z.number(),
  z.object({ value: z.number(), force: described("also what AWS never raises", z.boolean()) }),
]);

const LimitChanges = named(
  "LimitChanges",
  z.strictObject({
    throttling: z.optional(Throttling),
    quotas: z.optional(
      described("by name or code, in the quota's unit", by("QuotaName | QuotaAlias", QuotaChange)),
    ),
    deny: z.optional(
      described("replaces the list: medical-imaging:Get*, KEY=...", z.readonly(z.array(z.string()))),
    ),
  }),
  { description: "what is left out stays as it is" },
);

export const readLimits = route({
  method: "GET",
  path: "/_local/limits",
  summary: "Lists every throttle, quota and deny pattern, and how much of each is used.",
  answers: { 200: LimitsAnswer },
  commands: [{ words: "limits", summary: "show throttling, quotas and denied calls", examples: ["limits"] }],
});

export const changeLimits = route({
  method: "POST",
  path: "/_local/limits",
  summary: "Changes some limits, all of them or none.",
  noun: "limit",
  body: { kind: "names", schema: LimitChanges },
  example: { throttling: "off", quotas: { "Maximum data stores": 100 }, deny: [] },
  answers: { 200: LimitsAnswer },
  errors: ["InvalidLimit"],
  commands: [
    {
      words: "limits",
      summary: "change some of them",
      needsFlag: true,
      flags: [
        {
          flag: "throttling",
          value: "MODE",
          to: "body.throttling",
          reads: "throttling",
          summary: "aws, off, a multiple such as 10x, or a JSON file",
        },
        {
          flag: "quotas",
          value: "FILE",
          to: "body.quotas",
          reads: "quotas",
          summary: "a JSON file of quotas",
        },
        {
          flag: "deny",
          value: "ACTIONS",
          to: "body.deny",
          reads: "deny",
          summary: "medical-imaging:Delete*,...; none allows all",
        },
      ],
      examples: ["limits --throttling off", "limits --deny medical-imaging:Delete*", "limits --deny none"],
    },
  ],
});

const Emptied = z.object({
  removed: z.readonly(z.array(z.string())),
  kept: described("mounts, which cannot be removed", z.readonly(z.array(z.string()))),
});

const ResetReport = named(
  "ResetReport",
  z.object({
    epoch: described("how many resets of everything this data folder has seen", count()),
    cancelledJobs: described("import jobs that had not ended", count()),
    account: z.optional(described("the one that was reset alone", z.string())),
    datastores: z.optional(described("how many data stores it had", count())),
    buckets: z.optional(described("where they were to be emptied", Emptied)),
  }),
);

const ResetOptions = named(
  "ResetOptions",
  z.strictObject({
    account: z.optional(described("only what belongs to this account", account())),
    buckets: z.optional(described("the buckets too, with all that is in them", bool())),
  }),
  { description: "everything but the buckets where both are left out" },
);

export const reset = route({
  method: "POST",
  path: "/_local/reset",
  summary: "Takes everything, or what belongs to one account, back to the start.",
  description:
    "Answers when it is done. Requests that arrive during a reset wait for it. Clock, limits, durations, scenarios and journal are as at the start, too.",
  noun: "option of a reset",
  body: { kind: "json", schema: ResetOptions },
  example: { account: "111122223333" },
  answers: { 200: ResetReport },
  errors: ["InvalidLimit", "DataFolderNotWritable"],
  commands: [
    {
      words: "reset",
      summary: "take everything back to the start",
      flags: [
        {
          flag: "account",
          value: "ID",
          to: "body.account",
          reads: "account",
          summary: "only what belongs to this account",
        },
        { flag: "buckets", to: "body.buckets", summary: "the buckets too" },
      ],
      examples: ["reset", "reset --buckets", "reset --account 111122223333"],
    },
  ],
});
