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
    message: described("the reason of the failure, if it failed", z.nullable(z.string())),
    now: Timestamp,
  }),
);

const StatusChange = named(
  "StatusOverride",
  z.strictObject({
    status: statusName("a status such as FAILED"),
    message: z.optional(described("the reason of the failure, if the status is one", text())),
    force: z.optional(described("allow a status that cannot follow on AWS", bool())),
  }),
);

const Hold = named(
  "HoldAnswer",
  z.object({ resource: ResourceName, statuses: z.readonly(z.array(ShownStatus)) }),
  { description: "a held resource and its statuses" },
);

const HoldRequest = named(
  "HoldRequest",
  z.strictObject({
    status: z.optional(described("default: the current status", statusName('a status such as "CREATING"'))),
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
      usage: "status expects a resource: status importJob/ID",
      examples: ["status importJob/0123456789abcdef0123456789abcdef"],
    },
  ],
});

export const changeStatus = route({
  method: "PUT",
  path: "/_local/resources/{kind}/{id}/status",
  summary: "Sets the status of a resource immediately.",
  description:
    "The status must be one that can follow the current one on AWS, unless `force` is true. The work in progress is finished or cancelled, as on AWS.",
  params: resourceParams,
  body: { kind: "json", schema: StatusChange },
  example: { status: "FAILED", message: "why" },
  answers: { 200: ResourceAnswer },
  errors: ["ResourceNotFound", "StatusConflict"],
  commands: [
    {
      words: "push",
      summary: "set the status of a resource immediately",
      arguments: [
        ONE_RESOURCE,
        { name: "STATUS", to: "body.status", summary: "FAILED, UPDATE_FAILED, ACTIVE ..." },
      ],
      flags: [
        { flag: "message", value: "TEXT", to: "body.message", summary: "the reason of the failure" },
        { flag: "force", to: "body.force", summary: "allow a status that cannot follow on AWS" },
      ],
      usage: "push expects a resource and a status: push importJob/ID FAILED --message TEXT",
      examples: ['push importJob/ID FAILED --message "no access"', "push datastore/ID ACTIVE --force"],
    },
  ],
});

export const readHold = route({
  method: "GET",
  path: "/_local/resources/{kind}/{id}/hold",
  summary: "Shows the statuses in which a resource is held.",
  params: resourceParams,
  answers: { 200: Hold },
  errors: ["HoldNotFound"],
});

export const holdResource = route({
  method: "PUT",
  path: "/_local/resources/{kind}/{id}/hold",
  summary: "Holds a resource in a transient status until it is released.",
  description:
    "Without a status, the resource is held in its current one. The id `*` holds every resource of the kind, including those created later.",
  params: resourceParams,
  body: { kind: "json", schema: HoldRequest },
  example: { status: "CREATING" },
  answers: { 200: Hold },
  errors: ["ResourceNotFound", "StatusConflict"],
  commands: [
    {
      words: "hold",
      summary: "hold a resource in a transient status",
      arguments: [
        { ...RESOURCE, summary: "importJob/ID; 'datastore/*' for all of them, quoted for the shell" },
      ],
      flags: [{ flag: "status", value: "STATUS", to: "body.status", summary: "default: the current status" }],
      usage: "hold --status expects a resource: hold 'datastore/*' --status CREATING",
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
      summary: "release a held resource",
      arguments: [RESOURCE],
      usage: "release expects a resource: release datastore/ID",
      examples: ["release importJob/ID", "release 'datastore/*'"],
    },
  ],
});

export const listHolds = route({
  method: "GET",
  path: "/_local/holds",
  summary: "Lists all held resources.",
  answers: { 200: named("HoldsAnswer", z.object({ holds: z.readonly(z.array(Hold)) })) },
  commands: [{ words: "hold", summary: "list held resources", examples: ["hold"] }],
});

const WaitAnswer = named(
  "WaitAnswer",
  z.object({
    resource: ResourceName,
    status: described("null: the resource does not exist", z.nullable(ShownStatus)),
    now: Timestamp,
    message: described("the reason of the failure, or why the wait cannot succeed", z.nullable(z.string())),
  }),
);

export const wait = route({
  method: "GET",
  path: "/_local/wait",
  changesWith: "autoAdvance",
  summary: "Waits until a resource has one of the given statuses.",
  description:
    "A long poll. The status is 408 after the timeout (default 30s, at most 10m, in real time), 409 as soon as the resource can no longer reach any of the statuses, and 503 if the emulator is stopped or reset.",
  query: z.strictObject({
    resource: described("importJob/{jobId}", text("a resource: resource=importJob/{jobId}")),
    status: described("one or more: COMPLETED,FAILED", text("a status: status=COMPLETED,FAILED")),
    timeout: z.optional(described("in real time; default 30s", Duration)),
    autoAdvance: z.optional(
      described(
        "1 advances a frozen clock until the status is reached",
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
          summary: "in real time [30s]",
        },
        { flag: "auto-advance", to: "query.autoAdvance", summary: "advance a frozen clock until then" },
      ],
      usage: "wait expects a resource and a status: wait importJob/ID --status COMPLETED,FAILED",
      examples: [
        "wait importJob/ID --status COMPLETED,FAILED --timeout 2m",
        "wait datastore/ID --status ACTIVE --auto-advance",
      ],
    },
  ],
});
