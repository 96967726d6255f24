import { ServiceError } from "../../api/errors.ts";
import type { HttpRequest, HttpResponse } from "../../api/http.ts";
import type { Log } from "../../domain/log.ts";
import { answerError } from "../../healthimaging/http/answers.ts";
import { CHANGING_READS } from "../../local/sdk/control-operations.ts";
import { isControl, refusalOf } from "./control-refusal.ts";
import { isLoopbackHost } from "./host-name.ts";
import { createLogOnce } from "./log-once.ts";
import type { RecordedHandler } from "./recorded-handler.ts";

/** Methods by which a page can only read, not change anything. */
const READ_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);
/** Only an origin with a name can be allowed: any page can have the origin `null`. */
const NAMED_ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[\w.:[\]-]{1,300}$/i;

/**
 * Prevents web pages of other origins from changing anything and from using `/_local`: a browser sends a
 * page's requests even if the page may not read the answers. It runs behind `withHostGuard`, so a page whose
 * origin equals the request's `Host` is the emulator's own.
 * @param origins of allowed pages, besides those of loopback addresses; `*` allows every origin
 */
export function withOriginGuard(
  handle: RecordedHandler,
  origins: readonly string[],
  log: Log,
): RecordedHandler {
  const logOnce = createLogOnce(log);
  const refuse = (origin: string, mayNot: "change" | "reach"): HttpResponse =>
    answerError(
      new ServiceError(
        "AccessDeniedException",
        `Pages of ${origin} may not ${mayNot} this emulator`,
        hintFor(origin),
      ),
      log,
    );
  return async (request, record) => {
    const page = pageBehind(request);
    if (page === undefined || isAllowedOrigin(page, origins)) return handle(request, record);
    const origin = originAlone(page);
    if (isPreflight(request)) {
      const { hint = UNNAMED } = hintFor(origin);
      logOnce(origin, `refused the preflight of a page of ${origin}: ${hint}`);
      return refusalOf(request, "OriginNotAllowed", refuse(origin, "reach"));
    }
    if (isControl(request)) return refusalOf(request, "OriginNotAllowed", refuse(origin, "reach"));
    return READ_METHODS.has(request.method) ? handle(request, record) : refuse(origin, "change");
  };
}

const UNNAMED = "serve it at an address such as http://127.0.0.1:8080, which --cors can name";

/**
 * Without path, query and password, which only a program sends and which may contain anything: they are never
 * logged.
 */
function originAlone(page: string): string {
  if (page === "null" || page === OTHER_SITE || page === OTHER_ORIGIN) return page;
  const { protocol, host } = URL.canParse(page) ? new URL(page) : { protocol: "", host: "" };
  return host === "" ? OTHER_ORIGIN : `${protocol}//${host}`;
}

const hintFor = (origin: string): { hint?: string } =>
  NAMED_ORIGIN.test(origin) ? { hint: `start it with --cors ${origin} to allow them` } : {};

/** Whether pages of an origin may read answers and change data. */
export function isAllowedOrigin(origin: string, origins: readonly string[]): boolean {
  if (origins.includes(origin) || origins.includes("*")) return true;
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  return /^https?:$/.test(protocol) && isLoopbackHost(hostname);
}

export const isPreflight = ({ method, headers }: HttpRequest): boolean =>
  method === "OPTIONS" && headers["access-control-request-method"] !== undefined;

/** For a page that the browser does not name. */
const OTHER_SITE = "another site";
const OTHER_ORIGIN = "another origin";

/** The origin of the page that caused the request; undefined if it is not a foreign page. */
function pageBehind(request: HttpRequest): string | undefined {
  const { origin, "sec-fetch-site": site } = request.headers;
  if (origin !== undefined) return isOwnOrigin(request, origin) ? undefined : origin;
  if (site === "cross-site") return OTHER_SITE;
  return isChangingRead(request) ? pageBehindRead(request) : undefined;
}

/**
 * A page's write always has an Origin; a GET of `<img>`, or of a link, has none. A GET that changes something
 * is accepted from a page only if the browser says that the page is the emulator's own.
 */
function pageBehindRead(request: HttpRequest): string | undefined {
  const { referer, "sec-fetch-site": site } = request.headers;
  if (site !== undefined && site !== "same-origin") return OTHER_ORIGIN;
  if (referer === undefined) return undefined;
  const origin = URL.canParse(referer) ? new URL(referer).origin : OTHER_ORIGIN;
  return isOwnOrigin(request, origin) ? undefined : origin;
}

export const isOwnOrigin = ({ headers }: HttpRequest, origin: string): boolean =>
  headers["host"] !== undefined && /^https?:\/\/(.*)$/.exec(origin)?.[1] === headers["host"];

/** Such as a wait that moves a frozen clock. */
function isChangingRead({ path, query }: HttpRequest): boolean {
  const parameter = CHANGING_READS[path];
  return parameter !== undefined && new URLSearchParams(query).has(parameter);
}
