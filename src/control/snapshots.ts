import type { Readable } from "node:stream";
import type { HttpRequest, HttpResponse } from "../api/http.ts";
import type { RestoreReport, SaveOptions, SnapshotSummary } from "../domain/snapshot.ts";
import { SnapshotError } from "../storage/snapshot-error.ts";
import { answer } from "./answer.ts";
import { ControlError } from "./control-error.ts";
import { readOptionalJsonObject, readQuery, refuseUnknown } from "./read-request.ts";

/** What is done here; each throws SnapshotError where it cannot be. */
export interface SnapshotParts {
  list(): Promise<readonly SnapshotSummary[]>;
  find(name: string): Promise<SnapshotSummary>;
  save(name: string, options: SaveOptions): Promise<SnapshotSummary>;
  restore(name: string): Promise<RestoreReport>;
  remove(name: string): Promise<void>;
  export(name: string): Promise<Readable>;
  import(name: string, bytes: AsyncIterable<Uint8Array>, replace: boolean): Promise<SnapshotSummary>;
}

export const SNAPSHOT_ROUTES = [
  "GET /_local/snapshots",
  "GET, PUT or DELETE /_local/snapshots/{name}",
  "POST /_local/snapshots/{name}/restore",
  "GET /_local/snapshots/{name}/file",
  "PUT /_local/snapshots/{name}/file?replace=1",
] as const;

const STATUS: Readonly<Record<SnapshotError["code"], number>> = {
  INVALID: 400,
  NOT_FOUND: 404,
  CONFLICT: 409,
  TOO_LARGE: 413,
};

/** Serves `/_local/snapshots`; undefined where nothing is there. */
export async function answerSnapshots(
  parts: SnapshotParts,
  request: HttpRequest,
): Promise<HttpResponse | undefined> {
  const [, name, action = ""] =
    /^\/_local\/snapshots(?:\/([^/]+)(?:\/(restore|file))?)?$/.exec(request.path) ?? [];
  const method = request.method === "HEAD" ? "GET" : request.method;
  if (name === undefined) {
    return request.path === "/_local/snapshots" && method === "GET"
      ? answer(200, { snapshots: await parts.list() })
      : undefined;
  }
  try {
    return await PERFORM[`${method} ${action}`.trim()]?.(parts, decode(name), request);
  } catch (error) {
    if (error instanceof ControlError) return answer(error.status, { message: error.message });
    if (error instanceof SnapshotError) return answer(STATUS[error.code], { message: error.message });
    throw error;
  }
}

type Perform = (parts: SnapshotParts, name: string, request: HttpRequest) => Promise<HttpResponse>;

const PERFORM: Readonly<Record<string, Perform>> = {
  GET: async (parts, name) => answer(200, await parts.find(name)),
  PUT: async (parts, name, request) => answer(201, await parts.save(name, await readOptions(request))),
  DELETE: async (parts, name) => {
    await parts.remove(name);
    return { status: 204, headers: {} };
  },
  "POST restore": async (parts, name) => answer(200, await parts.restore(name)),
  "GET file": async (parts, name) => ({
    status: 200,
    headers: { "content-type": "application/gzip" },
    body: await parts.export(name),
  }),
  "PUT file": async (parts, name, { query, body }) => {
    const { replace = "0" } = readQuery(query, ["replace"]);
    return answer(201, await parts.import(name, body, ["1", "true"].includes(replace)));
  },
};

/** @throws ControlError */
async function readOptions(request: HttpRequest): Promise<SaveOptions> {
  const wanted = await readOptionalJsonObject(request, '{"buckets": true}');
  refuseUnknown("option of a snapshot", Object.keys(wanted), ["buckets", "force", "replace"]);
  for (const [name, value] of Object.entries(wanted)) {
    if (typeof value !== "boolean")
      throw new ControlError(400, `${name} is true or false, got ${JSON.stringify(value)}`);
  }
  return wanted;
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
