import * as z from "zod/mini";
import { DEFAULT_DURATIONS, type Durations } from "../../../domain/time/durations.ts";
import { described, named, route } from "./control-route.ts";
import { count, Duration, ResourceName, ShownStatus, text, Timestamp } from "./shapes.ts";

const Fired = named(
  "Fired",
  z.object({
    at: Timestamp,
    resource: ResourceName,
    from: described("null: it was not there", z.nullable(ShownStatus)),
    to: described("null: it is gone", z.nullable(ShownStatus)),
  }),
  { description: "one change of status that happened while the clock was moved" },
);

const ClockAnswer = named(
  "ClockAnswer",
  z.object({
    now: Timestamp,
    isFrozen: z.boolean(),
    nextDue: described("when the next change is due; null where none is", z.nullable(Timestamp)),
    fired: described(
      "what changed its status while the clock was moved, in order; at most 1,000",
      z.readonly(z.array(Fired)),
    ),
    firedLeftOut: described("how many changes more than are listed", count()),
  }),
);

const at = described("with its zone: 2026-01-15T02:00:00Z", text("a time such as 2026-01-15T02:00:00Z"));

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
    "The answer is sent when everything that fell due on the way has happened. Time never goes back, and never beyond the year 9999.",
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
          summary: "with its zone: 2026-01-15T02:00:00Z",
        },
      ],
      sends: { "body.action": "freeze" },
      examples: ["clock freeze", "clock freeze 2026-01-15T02:00:00Z"],
    },
    {
      words: "clock advance",
      summary: "move the clock on; what falls due happens",
      arguments: [{ name: "DURATION", to: "body.by", reads: "duration", summary: "5m, PT5M, 250ms, 1d ..." }],
      sends: { "body.action": "advance" },
      examples: ["clock advance 5m", "clock advance P30D"],
    },
    {
      words: "clock set",
      summary: "move the clock to a later time",
      arguments: [
        { name: "TIME", to: "body.at", reads: "time", summary: "with its zone: 2026-01-15T02:00:00Z" },
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
  datastoreCreatingMs: "a data store is CREATING",
  datastoreDeletingMs: "a data store is DELETING",
  jobSubmittedMs: "an import job is SUBMITTED",
  jobInProgressMs: "an import job is IN_PROGRESS, at least",
  imageSetUpdatingMs: "an image set is UPDATING, at least",
  imageSetCopyingMs: "both image sets of a copy are LOCKED, at least",
  imageSetDeletingMs: "an image set is DELETING, at least",
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
  { description: "milliseconds, or a duration such as PT2M; what is left out stays as it is" },
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
  summary: "Changes some durations, for what begins from then on.",
  description: "A resource that is in a transient state already stays in it as long as it was to.",
  noun: "duration",
  body: { kind: "json", schema: DurationChanges },
  example: { datastoreCreatingMs: 2000, jobInProgressMs: "PT2M" },
  answers: { 200: DurationsAnswer },
  errors: ["InvalidDuration"],
  commands: [
    {
      words: "durations",
      summary: "change some, for what begins from then on",
      arguments: [
        {
          name: "NAME=DURATION",
          to: "body",
          reads: "durations",
          isMany: true,
          summary: "jobInProgressMs=2000, datastoreCreatingMs=PT2M ...",
        },
      ],
      usage: "durations takes names with values, such as jobInProgressMs=2000",
      examples: ["durations jobInProgressMs=2000 datastoreCreatingMs=PT2M"],
    },
  ],
});
