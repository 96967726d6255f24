import * as z from "zod/mini";
import { QUOTAS } from "../../../api/limits/published-limits.ts";
import { QUOTA_ALIASES } from "../../../api/limits/quota-names.ts";
import { operationNames } from "../../../api/model/operation-names.ts";
import { by, described, named, route } from "./control-route.ts";
import { account, bool, count } from "./shapes.ts";

named("Operation", z.enum(operationNames()), { description: "an operation of the API" });
named("QuotaName", z.enum(QUOTAS.map(({ name }) => name)), {
  description: "name in the developer guide",
});
named("QuotaAlias", z.enum([...QUOTA_ALIASES.keys()]), {
  description: "name or code in Service Quotas",
});

const Throttle = named("Throttle", z.object({ rate: z.number(), burst: z.number() }), {
  description: "calls per second, and calls of a burst",
});

const ThrottleUse = named(
  "ThrottleUse",
  z.object({
    rate: z.number(),
    burst: z.number(),
    tokens: described(
      "calls that each account has left",
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
        limits: described("other operations keep AWS's limit", by("Operation", Throttle)),
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
  { description: "use of a quota by an account in a region, or by a data store" },
);

const QuotaAnswer = named(
  "QuotaAnswer",
  z.object({
    value: z.number(),
    unit: z.optional(described("KB, MB or GB; without a unit the value is a count", z.string())),
    regions: z.optional(described("regions with another value", z.record(z.string(), z.number()))),
    counts: z.optional(described("what the quota counts", z.string())),
    adjustable: described("AWS raises it on request", z.boolean()),
    use: z.optional(z.readonly(z.array(QuotaUse))),
  }),
);

const LimitsAnswer = named(
  "LimitsAnswer",
  z.object({
    throttling: Throttling,
    throttles: described("by operation; empty if nothing is limited", z.record(z.string(), ThrottleUse)),
    quotas: by("QuotaName | (string & {})", QuotaAnswer, { "x-all-keys": true }),
    deny: described("patterns of calls that are denied", z.readonly(z.array(z.string()))),
  }),
);

const QuotaChange = z.union([
  z.number(),
  z.object({ value: z.number(), force: described("change a quota that AWS never raises", z.boolean()) }),
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
  { description: "omitted limits do not change" },
);

export const readLimits = route({
  method: "GET",
  path: "/_local/limits",
  summary: "Lists every throttle, quota and deny pattern, and the current use of each.",
  answers: { 200: LimitsAnswer },
  commands: [{ words: "limits", summary: "show throttling, quotas and denied calls", examples: ["limits"] }],
});

export const changeLimits = route({
  method: "POST",
  path: "/_local/limits",
  summary: "Changes some limits. If one change is not valid, no limit changes.",
  noun: "limit",
  body: { kind: "names", schema: LimitChanges },
  example: { throttling: "off", quotas: { "Maximum data stores": 100 }, deny: [] },
  answers: { 200: LimitsAnswer },
  errors: ["InvalidLimit"],
  commands: [
    {
      words: "limits",
      summary: "change some limits",
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
  kept: described("buckets that are mounts, which cannot be removed", z.readonly(z.array(z.string()))),
});

const ResetReport = named(
  "ResetReport",
  z.object({
    epoch: described("number of full resets of this data folder", count()),
    cancelledJobs: described("number of cancelled import jobs", count()),
    account: z.optional(described("the account, if only one was reset", z.string())),
    datastores: z.optional(described("number of data stores that the account had", count())),
    buckets: z.optional(described("present if buckets were reset too", Emptied)),
  }),
);

const ResetOptions = named(
  "ResetOptions",
  z.strictObject({
    account: z.optional(described("reset only this account", account())),
    buckets: z.optional(described("also remove all buckets with their objects", bool())),
  }),
  { description: "without options, everything except the buckets is reset" },
);

export const reset = route({
  method: "POST",
  path: "/_local/reset",
  summary: "Resets everything, or one account, to its state at the start.",
  description:
    "The answer is sent after the reset. Requests that arrive during a reset wait for it. Clock, limits, durations, scenarios and journal are reset too.",
  noun: "option of a reset",
  body: { kind: "json", schema: ResetOptions },
  example: { account: "111122223333" },
  answers: { 200: ResetReport },
  errors: ["InvalidLimit", "DataFolderNotWritable"],
  commands: [
    {
      words: "reset",
      summary: "reset everything, or one account",
      flags: [
        {
          flag: "account",
          value: "ID",
          to: "body.account",
          reads: "account",
          summary: "reset only this account",
        },
        { flag: "buckets", to: "body.buckets", summary: "also remove all buckets with their objects" },
      ],
      examples: ["reset", "reset --buckets", "reset --account 111122223333"],
    },
  ],
});
