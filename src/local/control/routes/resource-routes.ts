import * as z from "zod/mini";
import { described, named, route } from "./control-route.ts";
import {
  bool,
  Duration,
  resourceParams,
  ResourceName,
  ShownStatus,
  statusName,
  text,
  Timestamp,
} from "./shapes.ts";

const RESOURCE = {
  name: "RESOURCE",
  to: "params" as const,
  reads: "resource" as const,
  summary: "datastore/ID, importJob/ID or imageSet/ID",
};
/** Does not accept every resource of a kind. */
const ONE_RESOURCE = { ...RESOURCE, reads: "oneResource" as const };

const ResourceAnswer = named(
  "ResourceAnswer",
  z.object({
    resource: ResourceName,
    status: ShownStatus,
    message: described("why it failed, where it did", z.nullable(z.string())),
    now: Timestamp,
  }),
);

const StatusChange = named(
  "StatusOverride",
  z.strictObject({
    status: statusName("a status such as FAILED"),
    message: z.optional(described("why it failed, where the status is a failure", text())),
    force: z.optional(described("also where AWS's states do not allow it", bool())),
  }),
);

const Hold = named(
  "HoldAnswer",
  z.object({ resource: ResourceName, statuses: z.readonly(z.array(ShownStatus)) }),
  { description: "what is held, and in which statuses" },
);

const HoldRequest = named(
  "HoldRequest",
  z.strictObject({
    status: z.optional(
      described("the current one where left out", statusName('a status such as "CREATING"')),
    ),
  }),
);

export const readStatus = route({
  method: "GET",
  path: "/_local/resources/{kind}/{id}/status",
  summary: "Shows the status of a data store, import job or image set.",
  params: resourceParams,
  answers: { 200: ResourceAnswer },
  errors: ["ResourceNotFound"],
  commands: [
    {
      words: "status",
      summary: "show the status of a resource",
      arguments: [ONE_RESOURCE],
      usage: "status takes a resource: status importJob/ID",
      examples: ["status importJob/0123456789abcdef0123456789abcdef"],
    },
  ],
});

export const changeStatus = route({
  method: "PUT",
  path: "/_local/resources/{kind}/{id}/status",
  summary: "Puts a resource in a status now.",
  description:
    "Only a status that may follow the current one on AWS, unless `force` is true. The work of that status is done or cancelled as AWS would.",
  params: resourceParams,
  body: { kind: "json", schema: StatusChange },
  example: { status: "FAILED", message: "why" },
  answers: { 200: ResourceAnswer },
  errors: ["ResourceNotFound", "StatusConflict"],
  commands: [
    {
      words: "push",
      summary: "put a resource in a status now",
      arguments: [
        ONE_RESOURCE,
        { name: "STATUS", to: "body.status", summary: "FAILED, UPDATE_FAILED, ACTIVE ..." },
      ],
      flags: [
        { flag: "message", value: "TEXT", to: "body.message", summary: "why it failed" },
        { flag: "force", to: "body.force", summary: "also where AWS's states do not allow it" },
      ],
      usage: "push takes a resource and a status: push importJob/ID FAILED --message TEXT",
      examples: ['push importJob/ID FAILED --message "no access"', "push datastore/ID ACTIVE --force"],
    },
  ],
});

export const readHold = route({
  method: "GET",
  path: "/_local/resources/{kind}/{id}/hold",
  summary: "Shows in which statuses a resource is held.",
  params: resourceParams,
  answers: { 200: Hold },
  errors: ["HoldNotFound"],
});

export const holdResource = route({
  method: "PUT",
  path: "/_local/resources/{kind}/{id}/hold",
  summary: "Keeps a resource in a transient state until it is released.",
  description:
    "Without a status it is held in its current one. The id `*` holds every resource of the kind, those created later too.",
  params: resourceParams,
  body: { kind: "json", schema: HoldRequest, isOptional: true },
  example: { status: "CREATING" },
  answers: { 200: Hold },
  errors: ["ResourceNotFound", "StatusConflict"],
  commands: [
    {
      words: "hold",
      summary: "keep a resource in a transient state",
      arguments: [{ ...RESOURCE, summary: "importJob/ID; 'datastore/*' is every one, quoted for the shell" }],
      flags: [
        { flag: "status", value: "STATUS", to: "body.status", summary: "its current one where left out" },
      ],
      usage: "hold --status takes a resource: hold 'datastore/*' --status CREATING",
      examples: ["hold importJob/ID", "hold 'datastore/*' --status CREATING"],
    },
  ],
});

export const releaseResource = route({
  method: "DELETE",
  path: "/_local/resources/{kind}/{id}/hold",
  summary: "Releases a held resource.",
  params: resourceParams,
  answers: { 200: Hold },
  errors: ["HoldNotFound"],
  commands: [
    {
      words: "release",
      summary: "let a held resource go on",
      arguments: [RESOURCE],
      usage: "release takes a resource: release datastore/ID",
      examples: ["release importJob/ID", "release 'datastore/*'"],
    },
  ],
});

export const listHolds = route({
  method: "GET",
  path: "/_local/holds",
  summary: "Lists everything that is held by hand.",
  answers: { 200: named("HoldsAnswer", z.object({ holds: z.readonly(z.array(Hold)) })) },
  commands: [{ words: "hold", summary: "list what is held", examples: ["hold"] }],
});

const WaitAnswer = named(
  "WaitAnswer",
  z.object({
    resource: ResourceName,
    status: described("null: it is not there", z.nullable(ShownStatus)),
    now: Timestamp,
    message: described("why it failed, or why waiting is in vain", z.nullable(z.string())),
  }),
);

export const wait = route({
  method: "GET",
  path: "/_local/wait",
  summary: "Answers as soon as a resource has one of some statuses.",
  description:
    "A long poll. 408 after the timeout (30s where left out, 10m at most, of real time), 409 as soon as the resource can no longer reach any of the statuses, 503 when the emulator is stopped or reset.",
  query: z.strictObject({
    resource: described("importJob/{jobId}", text("a resource: resource=importJob/{jobId}")),
    status: described("one or several: COMPLETED,FAILED", text("a status: status=COMPLETED,FAILED")),
    timeout: z.optional(described("of real time; 30s where left out", Duration)),
    autoAdvance: z.optional(
      described(
        "1 moves a frozen clock on until the status is reached",
        z.enum(["1", "0", "true", "false"], { error: "1 or 0" }),
      ),
    ),
  }),
  example: "resource=importJob/{jobId}&status=COMPLETED,FAILED&timeout=10s",
  answers: { 200: WaitAnswer, 404: WaitAnswer, 408: WaitAnswer, 409: WaitAnswer, 503: WaitAnswer },
  errors: [
    "InvalidDuration",
    "SuppliedClock",
    "ResourceNotFound",
    "WaitTimedOut",
    "StatusUnreachable",
    "WaitInterrupted",
  ],
  commands: [
    {
      words: "wait",
      summary: "wait until a resource has a status",
      arguments: [{ ...ONE_RESOURCE, to: "query.resource" }],
      flags: [
        {
          flag: "status",
          value: "STATUS[,STATUS]",
          to: "query.status",
          isRequired: true,
          summary: "one of these",
        },
        {
          flag: "timeout",
          value: "DURATION",
          to: "query.timeout",
          reads: "duration",
          summary: "of real time [30s]",
        },
        { flag: "auto-advance", to: "query.autoAdvance", summary: "move a frozen clock on until then" },
      ],
      usage: "wait takes a resource and a status: wait importJob/ID --status COMPLETED,FAILED",
      examples: [
        "wait importJob/ID --status COMPLETED,FAILED --timeout 2m",
        "wait datastore/ID --status ACTIVE --auto-advance",
      ],
    },
  ],
});
