import { Readable } from "node:stream";
import type { HttpHandler, HttpRequest, HttpResponse } from "../../api/http.ts";
import { ServiceError } from "../../api/errors.ts";
import { LocalError, type LocalErrorCode } from "../../api/local-errors.ts";
import { diskReasonOf } from "../../storage/files/errno-messages.ts";
import { CONTROL_ROUTES, ERROR_TEXTS, type OperationId } from "./routes/control-routes.ts";
import type { Handlers } from "./handler.ts";
import { hintOfIgnored, readJsonBody, readQuery } from "./read-route-input.ts";
import type { Answer, ControlRoute } from "./routes/control-route.ts";

/** Any handler; its input has been parsed according to its route. */
type AnyHandler = (input: object) => AnyReply | Promise<AnyReply>;
interface AnyReply {
  readonly status: number;
  readonly body: unknown;
  /** Set for a refusal whose body is one of the route's answers. */
  readonly error?: LocalErrorCode;
}

interface Entry {
  readonly route: ControlRoute;
  readonly segments: readonly string[];
  readonly handle: AnyHandler;
}

/** Serves `/_local/*` by the table of routes. The only place where a LocalError becomes an answer. */
export function createControlRouter(handlers: Handlers): HttpHandler {
  const entries = Object.entries<ControlRoute>(CONTROL_ROUTES).map(([id, route]) => ({
    route,
    segments: route.path.split("/"),
    // The table gives route and handler one name, so their types match.
    handle: handlers[id as OperationId] as AnyHandler,
  }));
  return async (request) => {
    try {
      return await answer(entries, request);
    } catch (error) {
      return refuse(error);
    }
  };
}

async function answer(entries: readonly Entry[], request: HttpRequest): Promise<HttpResponse> {
  const method = request.method === "HEAD" ? "GET" : request.method;
  const segments = (isIndex(request) ? INDEX : request.path).split("/");
  const found = entries.find(
    ({ route, ...entry }) => route.method === method && matches(entry.segments, segments),
  );
  if (found === undefined) throw notFound(request);
  const { route, handle } = found;
  const reply = await handle({
    params: readParams(found.segments, segments),
    query: readQuery(route, request.query),
    body: await readJsonBody(route, request),
    request,
  });
  return addIgnored(write(route.answers[reply.status], reply), hintOfIgnored(route, request.query));
}

const addIgnored = (response: HttpResponse, hint: string | undefined): HttpResponse =>
  hint === undefined ? response : { ...response, headers: { ...response.headers, "x-local-hint": hint } };

const { path: INDEX } = CONTROL_ROUTES.readIndex;
/** The index is also found with a slash at its end, as browsers and people write it. */
const isIndex = ({ path }: HttpRequest): boolean => path === `${INDEX}/`;

/** In the table's order: `/scenarios/validate` comes before `/scenarios/{name}`. */
const matches = (template: readonly string[], segments: readonly string[]): boolean =>
  template.length === segments.length &&
  template.every((part, index) => (part.startsWith("{") ? segments[index] !== "" : part === segments[index]));

const readParams = (template: readonly string[], segments: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    template.flatMap((part, index) =>
      part.startsWith("{") ? [[part.slice(1, -1), decode(segments[index] ?? "")]] : [],
    ),
  );

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Indented JSON, a text, a stream, or nothing. */
function write(answered: Answer | undefined, { status, body, error }: AnyReply): HttpResponse {
  if (answered === null) return { status, headers: {} };
  if (typeof body === "string" && answered !== undefined && "text" in answered)
    return { status, headers: { "content-type": answered.text }, body };
  if (body instanceof Readable && answered !== undefined && "media" in answered)
    return { status, headers: { "content-type": answered.media }, body };
  return error === undefined ? json(status, body) : refusal(status, body, error);
}

const json = (status: number, body: unknown): HttpResponse => ({
  status,
  headers: { "content-type": "application/json" },
  body: `${JSON.stringify(body, null, 2)}\n`,
});

/** A message may quote what a client sent: the log has the code's text in its place. */
function refusal(status: number, body: unknown, code: LocalErrorCode): HttpResponse {
  const { headers, ...response } = json(status, body);
  const message = ERROR_TEXTS[code].meaning.replaceAll("`", "");
  return {
    ...response,
    headers: { ...headers, "x-local-error": code },
    error: { message, logged: { message } },
  };
}

/** @throws unforeseen errors */
function refuse(thrown: unknown): HttpResponse {
  if (thrown instanceof ServiceError && thrown.code === "RequestEntityTooLargeException")
    return refuse(new LocalError("BodyTooLarge", thrown.message, {}, { cause: thrown }));
  const reason = diskReasonOf(thrown);
  const error =
    reason === undefined
      ? thrown
      : new LocalError("DataFolderNotWritable", `The data folder is not writable: ${reason}`);
  if (!(error instanceof LocalError)) throw error;
  const { status, code, message, details } = error;
  return refusal(status, { ...(message === "" ? {} : { message }), ...details }, code);
}

function notFound({ method, path }: HttpRequest): LocalError {
  const routes = Object.values<ControlRoute>(CONTROL_ROUTES);
  const available = routes.map((route) => `${route.method} ${route.path}`);
  const methods = routes
    .filter((route) => matches(route.path.split("/"), path.split("/")))
    .map((route) => route.method);
  const hint = methods.length === 0 ? "" : `: this path has ${[...new Set(methods)].join(", ")}`;
  return new LocalError("RouteNotFound", `No route is at ${method} ${path}${hint}`, { available });
}
