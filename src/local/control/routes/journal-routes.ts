import * as z from "zod/mini";
import { described, named, ofType, route } from "./control-route.ts";
import { HitAnswer } from "./scenario-routes.ts";
import { account, count, text, Timestamp } from "./shapes.ts";

const filters = {
  op: z.optional(
    described(
      "GetImageFrame, Get*, dynamodb:ListTables",
      ofType("Operation | `${string}*${string}` | `${string}:${string}`", text()),
    ),
  ),
  status: z.optional(described("404, 5xx, or the type of an error", z.union([z.string(), z.number()]))),
  since: z.optional(
    described("requests after this seq, or since this time", z.union([z.string(), z.number()])),
  ),
  fault: z.optional(described("a scenario, or a rule: nightly/half-frames", text())),
  accessKey: z.optional(text()),
  account: z.optional(text()),
  invocationId: z.optional(text()),
  limit: z.optional(described("the last n requests; default 100", z.union([z.string(), z.number()]))),
};
const Filters = named("RequestFilters", z.strictObject(filters), {
  description: "a request must match every given filter",
});

const flags = [
  { flag: "op", value: "OPERATION", to: "query.op", reads: "operation", summary: "GetImageFrame, Get*" },
  {
    flag: "status",
    value: "STATUS",
    to: "query.status",
    reads: "statusFilter",
    summary: "404, 5xx, ThrottlingException",
  },
  {
    flag: "since",
    value: "SEQ|TIME",
    to: "query.since",
    reads: "since",
    summary: "requests after this seq, or since this time",
  },
  { flag: "fault", value: "SCENARIO[/RULE]", to: "query.fault", summary: "requests that a scenario changed" },
  { flag: "access-key", value: "KEY", to: "query.accessKey", summary: "requests with this access key" },
  {
    flag: "account",
    value: "ID",
    to: "query.account",
    reads: "account",
    summary: "requests of this account",
  },
  { flag: "limit", value: "N", to: "query.limit", reads: "number", summary: "the last N requests [100]" },
] as const;

const attempt = {
  seq: count(),
  at: Timestamp,
  status: z.optional(count()),
  errorType: z.optional(z.string()),
  brokeOff: z.optional(described("how the connection broke off", z.enum(["reset", "close", "hang"]))),
  faults: described("scenario/rule#hit", z.readonly(z.array(z.string()))),
};

const caller = {
  account: z.string(),
  region: z.string(),
  accessKeyId: z.optional(z.string()),
};

const RequestAnswer = named(
  "RequestAnswer",
  z.object({
    ...attempt,
    ...caller,
    operation: z.string(),
    method: z.string(),
    path: z.string(),
    query: z.string(),
    invocationId: z.optional(z.string()),
    attempt: z.optional(count()),
    requestBody: described("the beginning of the body", z.string()),
    requestId: z.optional(z.string()),
    errorBody: z.optional(z.string()),
    durationMs: z.optional(z.number()),
    isPending: z.optional(described("present until the request is answered", z.literal(true))),
  }),
  { description: "one request for an operation, also of services that are not emulated" },
);

const RequestsAnswer = named(
  "RequestsAnswer",
  z.object({
    dropped: described("number of requests that the journal no longer has", count()),
    found: count(),
    requests: z.readonly(z.array(RequestAnswer)),
    hits: described(
      "matches of scenarios on files, manifests and transitions",
      z.readonly(z.array(z.omit(HitAnswer, { rule: true }))),
    ),
  }),
);

const CallAnswer = named(
  "CallAnswer",
  z.object({
    ...caller,
    operation: z.string(),
    invocationId: z.optional(z.string()),
    outcome: z.enum(["success", "failure", "pending"]),
    attempts: z.readonly(z.array(z.object(attempt))),
  }),
  { description: "a call as a client counts it: all attempts of its SDK" },
);

const CallsAnswer = named(
  "CallsAnswer",
  z.object({ dropped: count(), found: count(), calls: z.readonly(z.array(CallAnswer)) }),
);

export const listRequests = route({
  method: "GET",
  path: "/_local/requests",
  summary:
    "Lists the last requests for operations, oldest first, and matches of scenarios on files, manifests and transitions.",
  query: Filters,
  noun: "filter",
  example: "op=Get*&status=5xx",
  answers: { 200: RequestsAnswer },
  commands: [
    {
      words: "requests list",
      summary: "list requests",
      isDefault: true,
      flags,
      examples: ["requests", "requests list --op GetImageFrame --status 5xx"],
    },
  ],
});

export const clearRequests = route({
  method: "DELETE",
  path: "/_local/requests",
  summary: "Empties the journal.",
  answers: { 204: null },
  commands: [{ words: "requests clear", summary: "empty the journal", examples: ["requests clear"] }],
});

export const countRequests = route({
  method: "POST",
  path: "/_local/requests/count",
  summary: "Counts requests.",
  noun: "filter",
  body: { kind: "json", schema: Filters },
  example: { op: "GetImageFrame", status: "5xx" },
  answers: { 200: named("CountAnswer", z.object({ dropped: count(), count: count() })) },
  commands: [
    {
      words: "requests count",
      summary: "count requests",
      flags: flags.map((flag) => ({ ...flag, to: flag.to.replace("query", "body") as `body.${string}` })),
      examples: ["requests count --op Get* --fault nightly"],
    },
  ],
});

export const listCalls = route({
  method: "GET",
  path: "/_local/calls",
  summary: "Lists requests as clients count them: all attempts of an SDK's call are one.",
  query: Filters,
  noun: "filter",
  example: "op=Get*",
  answers: { 200: CallsAnswer },
  commands: [
    {
      words: "requests calls",
      summary: "list calls as clients count them",
      flags,
      examples: ["requests calls"],
    },
  ],
});

const numbers = () => z.record(z.string(), count());
const AccountReport = named(
  "AccountReport",
  z.object({
    account: z.string(),
    operations: described(
      "by name; each attempt of an SDK is a request",
      z.record(
        z.string(),
        named(
          "Outcomes",
          z.object({
            requests: count(),
            succeeded: count(),
            errors: described(
              "by error type; `HTTP 503` or `no answer` if there was no error type",
              numbers(),
            ),
          }),
        ),
      ),
    ),
    neverCalled: z.readonly(z.array(z.string())),
    states: described(
      "by kind of resource: number of answers that showed each status",
      z.record(z.string(), numbers()),
    ),
    unread: described("by list operation: pages whose nextToken was not used", numbers()),
    unseen: described(
      "resources whose final status no answer showed",
      z.readonly(
        z.array(
          named(
            "Unseen",
            z.object({
              resource: z.string(),
              seen: described("the last status that an answer showed", z.string()),
              now: described("null: the resource no longer exists", z.nullable(z.string())),
            }),
          ),
        ),
      ),
    ),
    unseenLeftOut: count(),
    throttled: described("by operation: requests that AWS's published limits would throttle", numbers()),
    refused: described("by reason: requests that AWS would have refused", numbers()),
    ignored: z.optional(
      described(
        "by operation and member: inputs that the served release does not have, or the emulator not yet, and that were ignored",
        numbers(),
      ),
    ),
    notEmulated: z.optional(
      described(
        "by service and operation, such as dynamodb:ListTables: calls of services that are not emulated",
        numbers(),
      ),
    ),
  }),
);

const Report = named(
  "Report",
  z.object({
    since: described("time of the start, the last reset or the last DELETE", Timestamp),
    ignoredAs: z.optional(
      described("what ignored inputs are; left out where they are newer than the service", z.string()),
    ),
    accounts: z.readonly(z.array(AccountReport)),
    requestsLeftOut: described("requests of accounts beyond the first 200", count()),
    quotasNotChecked: z.readonly(z.array(z.string())),
    outOfReach: described("what a report cannot show", z.readonly(z.array(z.string()))),
  }),
  { description: "requests of clients, and which of them AWS would have refused" },
);

export const readReport = route({
  method: "GET",
  path: "/_local/report",
  summary: "Reports the requests of clients, and which of them AWS would have refused.",
  query: z.strictObject({
    account: z.optional(described("only this account", account("12 digits"))),
    format: z.optional(described("default json", z.enum(["json", "text"], { error: "json or text" }))),
  }),
  example: "format=text",
  answers: { 200: { schema: Report, text: "text/plain; charset=utf-8" } },
  commands: [
    {
      words: "report",
      summary: "requests of clients, and which of them AWS would have refused",
      flags: [
        { flag: "account", value: "ID", to: "query.account", reads: "account", summary: "only this account" },
        {
          flag: "fail-on",
          value: "FINDINGS",
          reads: "findings",
          summary: "exit code 1 if the report has any of refused,throttled,unread,unseen,ignored,notEmulated",
        },
      ],
      examples: ["report", "report --fail-on refused,throttled"],
    },
  ],
});

export const clearReport = route({
  method: "DELETE",
  path: "/_local/report",
  summary: "Restarts the report.",
  query: z.strictObject({ account: z.optional(described("only for this account", account("12 digits"))) }),
  answers: { 204: null },
});
