import * as z from "zod/mini";
import { ACCOUNT_PATTERN } from "../../../api/account.ts";
import { EVERY_STATUS, RESOURCE_KINDS, type ResourceKind } from "../../../domain/resource.ts";
import { named, ofType } from "./control-route.ts";

/** Each leaf carries the phrase that messages use: `buckets expects true or false, got "yes"`. */
export const text = (expected = "a string") => z.string({ error: expected });
export const bool = () => z.boolean({ error: "true or false" });
export const count = () => z.int().check(z.minimum(0));

export const account = (expected = "12 digits in quotes") =>
  z.string({ error: expected }).check(z.regex(new RegExp(ACCOUNT_PATTERN), { error: expected }));

export const Timestamp = named("Timestamp", z.string(), {
  description: "ISO 8601, such as 2026-01-15T02:00:00.000Z",
});

named("IsoNumber", z.string(), {
  description: "the last number of a duration, which may have a fraction",
  "x-type": "`${number}` | `${bigint},${bigint}`",
});
named("IsoDays", z.string(), {
  description: "weeks and days",
  "x-type": "`${IsoNumber}W` | `${IsoNumber}D` | `${bigint}W${IsoNumber}D`",
});
named("IsoTime", z.string(), {
  description: "hours, minutes and seconds",
  "x-type": [
    "`${IsoNumber}H` | `${IsoNumber}M` | `${IsoNumber}S`",
    "`${bigint}H${IsoNumber}M` | `${bigint}H${IsoNumber}S` | `${bigint}M${IsoNumber}S`",
    "`${bigint}H${bigint}M${IsoNumber}S`",
  ].join(" | "),
});
named("IsoDuration", z.string(), {
  description: "a duration of ISO 8601, without years and months",
  "x-type":
    "`P${IsoDays}` | `PT${IsoTime}` | `P${`${bigint}W` | `${bigint}D` | `${bigint}W${bigint}D`}T${IsoTime}`",
});

/** As `readDuration` takes it, but for what TypeScript's types cannot say: signs, capitals and small letters mixed. */
export const Duration = named("Duration", z.string({ error: "a duration such as PT5M or 250ms" }), {
  description: "250ms, 10s, 5m, 2h, 1d, 1w, or ISO 8601 such as PT5M",
  "x-type": '`${number}${"ms" | "s" | "m" | "h" | "d" | "w"}` | IsoDuration | Lowercase<IsoDuration>',
});

named("ResourceKind", z.enum(RESOURCE_KINDS), { description: "a kind of resource that has a status" });

const statuses = (kind: ResourceKind) => z.enum(Object.keys(EVERY_STATUS.next[kind]));
named("DatastoreStatus", statuses("datastore"));
named("ImportJobStatus", statuses("importJob"));
named("ImageSetWorkflowStatus", statuses("imageSet"), {
  description: "a workflow status; an emulator accepts and shows those of its service release",
});

export const ResourceName = named("ResourceName", z.string(), {
  description: "a kind and an id: importJob/0123456789abcdef0123456789abcdef",
  "x-type": RESOURCE_KINDS.map((kind) => `\`${kind}/\${string}\``).join(" | "),
});

/** As in answers: for an image set the state before the workflow status. */
export const ShownStatus = named("ShownStatus", z.string(), {
  description: "a status; for an image set, its state and workflow status: LOCKED/UPDATING",
  "x-type":
    'DatastoreStatus | ImportJobStatus | `${"ACTIVE" | "LOCKED" | "DELETED"}/${ImageSetWorkflowStatus}`',
});

named("StatusName", z.string(), {
  description: "a status; for an image set, its state, its workflow status or both",
  "x-type": 'ShownStatus | ImageSetWorkflowStatus | "LOCKED"',
});
/** A status in a request: which names each kind of resource has is checked elsewhere. */
export const statusName = (expected: string) => ofType("StatusName", text(expected));

/** `{kind}/{id}` in a path. */
export const resourceParams = z.object({ kind: z.string(), id: z.string() });
export const nameParam = z.object({ name: z.string() });

export const ScenarioProblem = named(
  "ScenarioProblem",
  z.object({
    line: z.optional(z.int()),
    pointer: z.string(),
    message: z.string(),
    hint: z.optional(z.string()),
  }),
  { description: "a problem in a scenario, and its place" },
);
