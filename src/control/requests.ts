import type { HttpRequest, HttpResponse } from "../api/http.ts";
import { readBody } from "../gateway/read-body.ts";
import { groupCalls, type ClientCall } from "../scenario/calls.ts";
import { compileGlobs } from "../scenario/glob.ts";
import type { Journal, JournalEntry, JournalHit } from "../scenario/journal.ts";
import { matcherOf } from "../scenario/match-operation.ts";
import { isRecord, suggest } from "../scenario/schema.ts";
import { answer } from "./answer.ts";

export const REQUEST_PATHS = [
  "GET or DELETE /_local/requests",
  "POST /_local/requests/count",
  "GET /_local/calls",
] as const;

const FILTERS = ["op", "status", "since", "fault", "accessKey", "account", "invocationId", "limit"] as const;
type Filters = Readonly<Partial<Record<(typeof FILTERS)[number], string>>>;

class FilterError extends Error {}

/** Serves `/_local/requests` and `/_local/calls`; undefined where nothing is there. */
export async function answerRequests(
  journal: Journal,
  request: HttpRequest,
): Promise<HttpResponse | undefined> {
  const { method, path } = request;
  const isRead = method === "GET" || method === "HEAD";
  try {
    if (path === "/_local/requests" && isRead) return list(journal, readQuery(request.query));
    if (path === "/_local/calls" && isRead) return listCalls(journal, readQuery(request.query));
    if (path === "/_local/requests/count" && method === "POST")
      return count(journal, await readFilters(request));
  } catch (error) {
    if (error instanceof FilterError) return answer(400, { message: error.message });
    throw error;
  }
  if (path !== "/_local/requests" || method !== "DELETE") return undefined;
  journal.clear();
  return { status: 204, headers: {} };
}

function list(journal: Journal, filters: Filters): HttpResponse {
  const found = find(journal, filters);
  const limit = readLimit(filters);
  return answer(200, {
    dropped: journal.dropped,
    found: found.length,
    requests: found.slice(-limit).map(show),
    hits: findHits(journal, filters)
      .slice(-limit)
      .map((hit) => ({ ...hit, at: new Date(hit.at) })),
  });
}

function listCalls(journal: Journal, filters: Filters): HttpResponse {
  const found = groupCalls(find(journal, filters));
  return answer(200, {
    dropped: journal.dropped,
    found: found.length,
    calls: found.slice(-readLimit(filters)).map(showCall),
  });
}

const count = (journal: Journal, filters: Filters): HttpResponse =>
  answer(200, { dropped: journal.dropped, count: find(journal, filters).length });

function find(
  journal: Journal,
  { op, status, since, fault, accessKey, account, invocationId }: Filters,
): JournalEntry[] {
  const tests: ((entry: JournalEntry) => boolean)[] = [];
  if (op !== undefined) {
    const isMeant = matcherOf(op);
    tests.push(({ operation }) => isMeant(operation));
  }
  if (status !== undefined) tests.push(testStatus(status));
  if (since !== undefined) tests.push(testSince(since));
  if (fault !== undefined) {
    const isFault = faultMatcher(fault);
    tests.push(({ faults }) => faults.some(isFault));
  }
  if (accessKey !== undefined) tests.push(({ accessKeyId }) => accessKeyId === accessKey);
  if (account !== undefined) tests.push((entry) => entry.account === account);
  if (invocationId !== undefined) tests.push((entry) => entry.invocationId === invocationId);
  return journal.entries().filter((entry) => tests.every((test) => test(entry)));
}

/** What scenarios did that no request was part of: filters that only a request can pass leave none. */
function findHits(journal: Journal, { since, fault, account, ...others }: Filters): JournalHit[] {
  const isOfRequests = OF_REQUESTS.some((name) => others[name] !== undefined);
  if (isOfRequests || (since !== undefined && isSeq(since))) return [];
  const isFault = fault === undefined ? () => true : faultMatcher(fault);
  const isSince = since === undefined ? () => true : ({ at }: JournalHit) => at >= Date.parse(since);
  const isOf = ({ subject }: JournalHit): boolean => account === undefined || subject.account === account;
  return journal.hits.filter((hit) => isFault(hit.fault) && isSince(hit) && isOf(hit));
}

const OF_REQUESTS = ["op", "status", "accessKey", "invocationId"] as const;

const faultMatcher = (fault: string) => compileGlobs([fault, `${fault}#*`, `${fault}/*`]);

const isSeq = (since: string): boolean => /^\d{1,15}$/.test(since);

/** `404`, `5xx`, or the type of an error. */
function testStatus(wanted: string): (entry: JournalEntry) => boolean {
  if (!/^(\d{3}|[1-5]xx|[A-Z]\w+)$/.test(wanted)) {
    throw new FilterError(`status is such as 404, 5xx or ThrottlingException, got ${JSON.stringify(wanted)}`);
  }
  return ({ status, errorType }) =>
    errorType === wanted ||
    (status !== undefined && [String(status), `${String(status).charAt(0)}xx`].includes(wanted));
}

/** After a request, by its number, or from a time on. */
function testSince(wanted: string): (entry: JournalEntry) => boolean {
  if (isSeq(wanted)) return ({ seq }) => seq > Number(wanted);
  const time = Date.parse(wanted);
  if (Number.isNaN(time)) {
    throw new FilterError(
      `since is the seq of a request, or a time such as 2024-05-01T12:00:00Z, got ${JSON.stringify(wanted)}`,
    );
  }
  return ({ at }) => at >= time;
}

function readLimit({ limit = "100" }: Filters): number {
  if (/^[1-9]\d{0,4}$/.test(limit)) return Number(limit);
  throw new FilterError(`limit is a number from 1, got ${JSON.stringify(limit)}`);
}

const readQuery = (query: string): Filters => toFilters(Object.fromEntries(new URLSearchParams(query)));

async function readFilters(request: HttpRequest): Promise<Filters> {
  const text = new TextDecoder().decode(await readBody(request, 4096));
  try {
    const wanted: unknown = text.trim() === "" ? {} : JSON.parse(text);
    if (isRecord(wanted)) return toFilters(wanted);
  } catch (error) {
    if (error instanceof FilterError) throw error;
  }
  throw new FilterError('the body is a JSON object such as {"op": "GetImageFrame", "status": "5xx"}');
}

function toFilters(wanted: Readonly<Record<string, unknown>>): Filters {
  const unknown = Object.keys(wanted).find((name) => !FILTERS.some((filter) => filter === name));
  if (unknown !== undefined)
    throw new FilterError(`there is no filter ${JSON.stringify(unknown)}: ${suggest(unknown, FILTERS)}`);
  return Object.fromEntries(Object.entries(wanted).map(([name, value]) => [name, String(value)]));
}

const show = ({ at, isAnswered, durationMs, ...entry }: JournalEntry) => ({
  ...entry,
  at: new Date(at),
  ...(isAnswered ? { durationMs: Math.round(durationMs * 1000) / 1000 } : { isPending: true }),
});

const showCall = ({ attempts, ...call }: ClientCall) => ({
  ...call,
  attempts: attempts.map(({ seq, at, status, errorType, brokeOff, faults }) => ({
    seq,
    at: new Date(at),
    status,
    errorType,
    brokeOff,
    faults,
  })),
});
