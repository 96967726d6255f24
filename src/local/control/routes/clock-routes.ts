import * as z from "zod/mini";
import { DEFAULT_DURATIONS, type Durations } from "../../../domain/time/durations.ts";
import { described, named, route } from "./control-route.ts";
import { count, Duration, ResourceName, ShownStatus, text, Timestamp } from "./shapes.ts";

const Fired = named(
  "Fired",
  z.object({
    at: Timestamp,
    resource: ResourceName,
    from: described("null: the resource did not exist", z.nullable(ShownStatus)),
    to: described("null: the resource no longer exists", z.nullable(ShownStatus)),
  }),
  { description: "a change of status while the clock moved" },
);

const ClockAnswer = named(
  "ClockAnswer",
  z.object({
    now: Timestamp,
    isFrozen: z.boolean(),
    nextDue: described("when the next change is due; null if none is", z.nullable(Timestamp)),
    fired: described(
      "changes of status while the clock moved, in order; at most 1,000",
      z.readonly(z.array(Fired)),
    ),
    firedLeftOut: described("number of further changes, which are not listed", count()),
  }),
);

const at = described(
  "a time with its zone: 2026-01-15T02:00:00Z",
  text("a time such as 2026-01-15T02:00:00Z"),
);

export const ClockMove = named(
  "ClockMove",
  z.discriminatedUnion("action", [
    z.strictObject({ action: z.literal("freeze"), at: z.optional(at) }),
    z.strictObject({ action: z.literal("advance"), by: Duration }),
    z.strictObject({ action: z.literal("set"), at }),
    z.strictObject({ action: z.literal("resume") }),
  ]),
  { description: "what to do with the clock" },
);

export const readClock = route({
  method: "GET",
  path: "/_local/clock",
  summary: "Shows the time, whether the clock is frozen, and what is due next.",
  answers: { 200: ClockAnswer },
  commands: [
    { words: "clock now", summary: "show the clock", isDefault: true, examples: ["clock", "clock --json"] },
  ],
});

export const moveClock = route({
  method: "POST",
  path: "/_local/clock",
  summary: "Freezes, advances, sets or resumes the clock.",
  description:
    "The answer is sent after all changes that became due. Time cannot go back, and not beyond the year 9999.",
  body: { kind: "json", schema: ClockMove },
  example: { action: "advance", by: "PT5M" },
  answers: { 200: ClockAnswer },
  errors: ["InvalidDuration", "InvalidTime", "SuppliedClock"],
  commands: [
    {
      words: "clock freeze",
      summary: "stop the clock, now or at a later time",
      arguments: [
        {
          name: "TIME",
          to: "body.at",
          reads: "time",
          isOptional: true,
          summary: "2026-01-15T02:00:00Z with its zone, or 2026-01-15: its start in UTC",
        },
      ],
      sends: { "body.action": "freeze" },
      examples: ["clock freeze", "clock freeze 2026-01-15T02:00:00Z"],
    },
    {
      words: "clock advance",
      summary: "advance the clock; changes that become due happen",
      arguments: [{ name: "DURATION", to: "body.by", reads: "duration", summary: "5m, PT5M, 250ms, 1d ..." }],
      sends: { "body.action": "advance" },
      examples: ["clock advance 5m", "clock advance P30D"],
    },
    {
      words: "clock set",
      summary: "move the clock to a later time",
      arguments: [
        {
          name: "TIME",
          to: "body.at",
          reads: "time",
          summary: "2026-01-15T02:00:00Z with its zone, or 2026-01-15: its start in UTC",
        },
      ],
      sends: { "body.action": "set" },
      examples: ["clock set 2026-01-15T02:00:00Z"],
    },
    {
      words: "clock resume",
      summary: "let a frozen clock run again",
      sends: { "body.action": "resume" },
      examples: ["clock resume"],
    },
  ],
});

/** The state of each duration, for hover texts and the reference. */
const DURATIONS: Readonly<Record<keyof Durations, string>> = {
  datastoreCreatingMs: "time that a data store is CREATING",
  datastoreDeletingMs: "time that a data store is DELETING",
  jobSubmittedMs: "time that an import job is SUBMITTED",
  jobInProgressMs: "least time that an import job is IN_PROGRESS",
  imageSetUpdatingMs: "least time that an image set is UPDATING",
  imageSetCopyingMs: "least time that both image sets of a copy are LOCKED",
  imageSetDeletingMs: "least time that an image set is DELETING",
  imageSetImportingMs: "least time that an image set is IMPORTING",
};

const eachDuration = <S extends z.ZodMiniType>(schema: S): Record<keyof Durations, S> =>
  Object.fromEntries(
    Object.keys(DEFAULT_DURATIONS).map((name) => [
      name,
      described(DURATIONS[name as keyof Durations], schema),
    ]),
  ) as Record<keyof Durations, S>;

const DurationsAnswer = named("DurationsAnswer", z.catchall(z.object(eachDuration(z.number())), z.number()), {
  description: "milliseconds, by name",
});

const MAX_MS = 366_000 * 86_400_000;
const EXPECTED = "a whole number of milliseconds or a duration such as PT2M";
const milliseconds = z
  .int({ error: EXPECTED })
  .check(z.minimum(0, { error: EXPECTED }), z.maximum(MAX_MS, { error: EXPECTED }));
const DurationChanges = named(
  "DurationChanges",
  z.strictObject(eachDuration(z.optional(z.union([milliseconds, Duration], { error: EXPECTED })))),
  { description: "milliseconds, or a duration such as PT2M; omitted durations do not change" },
);

export const readDurations = route({
  method: "GET",
  path: "/_local/durations",
  summary: "Shows how long a resource stays in each transient state.",
  answers: { 200: DurationsAnswer },
  commands: [{ words: "durations", summary: "show how long transient states last", examples: ["durations"] }],
});

export const changeDurations = route({
  method: "POST",
  path: "/_local/durations",
  summary: "Changes some durations, for transitions that begin later.",
  description: "A resource that is already in a transient state keeps the duration that it began with.",
  noun: "duration",
  body: { kind: "json", schema: DurationChanges },
  example: { datastoreCreatingMs: 2000, jobInProgressMs: "PT2M" },
  answers: { 200: DurationsAnswer },
  errors: ["InvalidDuration"],
  commands: [
    {
      words: "durations",
      summary: "change some of them, for transitions that begin later",
      arguments: [
        {
          name: "NAME=DURATION",
          to: "body",
          reads: "durations",
          isMany: true,
          summary: "jobInProgressMs=2000, datastoreCreatingMs=PT2M ...",
        },
      ],
      usage: "durations expects NAME=VALUE, such as jobInProgressMs=2000",
      examples: ["durations jobInProgressMs=2000 datastoreCreatingMs=PT2M"],
    },
  ],
});
