import { LocalError } from "../../../api/local-errors.ts";
import { groupCalls, type ClientCall } from "../../scenarios/calls.ts";
import { compileGlobs } from "../../../domain/glob.ts";
import type { Journal, JournalEntry } from "../../../aws/activity/journal.ts";
import { MAX_KEPT_BYTES } from "../../../aws/activity/recorded-call.ts";
import type { FaultRecord } from "../../../domain/activity.ts";
import { matcherOf } from "../../scenarios/rules/match-operation.ts";
import type { ControlRoutes } from "../routes/control-routes.ts";
import { NOTHING, ok, type Handlers, type HandlerInput } from "../handler.ts";
import { checkOperation, readSince, readStatusFilter } from "../read-filters.ts";
import { quote } from "../refusal.ts";

type Filters = { readonly [Name in keyof HandlerInput<ControlRoutes["listRequests"]>["query"]]?: string };

/** The requests of the journal. */
export const journalHandlers = (
  journal: Journal,
): Handlers<"listRequests" | "clearRequests" | "countRequests" | "listCalls"> => ({
  listRequests: ({ query }) => ok(list(journal, toFilters(query))),
  listCalls: ({ query }) => ok(listCalls(journal, toFilters(query))),
  countRequests: ({ body }) => ok({ dropped: journal.dropped, count: find(journal, toFilters(body)).length }),
  clearRequests: () => {
    journal.reset();
    return NOTHING;
  },
});

/** A query has only strings, a body numbers too. */
const toFilters = (filters: HandlerInput<ControlRoutes["countRequests"]>["body"]): Filters =>
  Object.fromEntries(Object.entries(filters).map(([name, value]) => [name, String(value)]));

function list(journal: Journal, filters: Filters) {
  const found = find(journal, filters);
  const limit = readLimit(filters);
  return {
    dropped: journal.dropped,
    found: found.length,
    requests: found.slice(-limit).map(show),
    hits: findHits(journal, filters)
      .slice(-limit)
      .map(({ at, fault, subject }) => ({ at: timestamp(at), fault, subject: { ...subject } })),
  };
}

function listCalls(journal: Journal, filters: Filters) {
  const found = groupCalls(find(journal, filters));
  return {
    dropped: journal.dropped,
    found: found.length,
    calls: found.slice(-readLimit(filters)).map(showCall),
  };
}

const timestamp = (at: number): string => new Date(at).toISOString();

function find(
  journal: Journal,
  { op, status, since, fault, accessKey, account, invocationId }: Filters,
): JournalEntry[] {
  const tests: ((entry: JournalEntry) => boolean)[] = [];
  if (op !== undefined) {
    checkOperation(op);
    const isMeant = matcherOf(op);
    tests.push(({ call }) => isMeant(call.name));
  }
  if (status !== undefined) tests.push(testStatus(status));
  if (since !== undefined) tests.push(testSince(since));
  if (fault !== undefined) {
    const isFault = faultMatcher(fault);
    tests.push(({ call }) => call.faults.some((record) => isFault(record.fault)));
  }
  if (accessKey !== undefined) tests.push(({ call }) => call.principal.accessKeyId === accessKey);
  if (account !== undefined) tests.push(({ call }) => call.principal.account === account);
  if (invocationId !== undefined) tests.push(({ call }) => call.invocationId === invocationId);
  return journal.entries().filter((entry) => tests.every((test) => test(entry)));
}

/** Effects of scenarios outside requests; filters on requests exclude all of them. */
function findHits(journal: Journal, { since, fault, account, ...others }: Filters): FaultRecord[] {
  const isOfRequests = OF_REQUESTS.some((name) => others[name] !== undefined);
  const from = since === undefined ? { time: -Infinity } : readSince(since);
  if (isOfRequests || "seq" in from) return [];
  const isFault = fault === undefined ? () => true : faultMatcher(fault);
  const isOf = ({ subject }: FaultRecord): boolean => account === undefined || subject.account === account;
  return journal.hits.filter((hit) => isFault(hit.fault) && hit.at >= from.time && isOf(hit));
}

const OF_REQUESTS = ["op", "status", "accessKey", "invocationId"] as const;

const faultMatcher = (fault: string) => compileGlobs([fault, `${fault}#*`, `${fault}/*`]);

function testStatus(text: string): (entry: JournalEntry) => boolean {
  const wanted = readStatusFilter(text);
  return ({ call: { outcome: { status, errorCode } = {} } }) =>
    errorCode === wanted ||
    (status !== undefined && [String(status), `${String(status).charAt(0)}xx`].includes(wanted));
}

function testSince(text: string): (entry: JournalEntry) => boolean {
  const since = readSince(text);
  return ({ seq, call }) => ("seq" in since ? seq > since.seq : call.at >= since.time);
}

function readLimit({ limit = "100" }: Filters): number {
  if (/^[1-9]\d{0,4}$/.test(limit)) return Number(limit);
  throw new LocalError("InvalidValue", `limit expects a number from 1 to 99999, got ${quote(limit)}`);
}

function show({ seq, call }: JournalEntry) {
  const { at, method, invocationId, attempt, bodyStart, outcome, durationMs } = call;
  const { account, region, accessKeyId } = call.principal;
  return {
    seq,
    at: timestamp(at),
    operation: call.name,
    method,
    path: call.path.slice(0, MAX_KEPT_BYTES),
    query: withoutSecrets(call.query).slice(0, MAX_KEPT_BYTES),
    account,
    region,
    accessKeyId,
    invocationId,
    attempt,
    requestBody: bodyStart,
    requestId: outcome?.requestId,
    errorBody: outcome?.errorBody,
    ...showOutcome(call),
    ...(outcome === undefined
      ? { isPending: true as const }
      : { durationMs: Math.round(durationMs * 1000) / 1000 }),
  };
}

/** A presigned URL contains its signature and credentials. */
const withoutSecrets = (query: string): string =>
  query.replaceAll(/(X-Amz-(?:Security-Token|Signature)=)[^&]*/gi, "$1...");

const showOutcome = ({ outcome, faults }: JournalEntry["call"]) => ({
  status: outcome?.status,
  errorType: outcome?.errorCode,
  brokeOff: outcome?.brokeOff,
  faults: faults.map(({ fault }) => fault),
});

const showCall = ({ attempts, ...call }: ClientCall) => ({
  ...call,
  attempts: attempts.map((entry) => ({
    seq: entry.seq,
    at: timestamp(entry.call.at),
    ...showOutcome(entry.call),
  })),
});
