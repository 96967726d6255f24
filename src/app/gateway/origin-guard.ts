import { ServiceError } from "../../api/errors.ts";
import type { HttpRequest, HttpResponse } from "../../api/http.ts";
import type { Log } from "../../domain/log.ts";
import { answerError } from "../../healthimaging/http/answers.ts";
import { isControl, refusalOf } from "./control-refusal.ts";
import { createLogOnce } from "./log-once.ts";
import type { RecordedHandler } from "./recorded-handler.ts";

/** Methods by which a page could only look, not change anything. */
const READ_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);
const LOOPBACK = /^(?:localhost|\[::1\]|127(?:\.\d{1,3}){3})$/;
/** A page can be let in by its site's name only: `null` is the origin of any page that likes. */
const NAMED_ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[\w.:[\]-]{1,300}$/i;

/**
 * Keeps web pages of other origins from changing anything, and from `/_local` altogether: a browser
 * lets any page send what it may not read the answer of. Behind `withHostGuard`: a page whose origin is the
 * request's own `Host` is the emulator's own.
 * @param origins of pages that are let in, besides those of loopback addresses; `*` is every one
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
      logOnce(origin, `a page of ${origin} asked to send a request and was refused: ${hint}`);
      return refusalOf(request, "OriginNotAllowed", refuse(origin, "reach"));
    }
    if (isControl(request)) return refusalOf(request, "OriginNotAllowed", refuse(origin, "reach"));
    return READ_METHODS.has(request.method) ? handle(request, record) : refuse(origin, "change");
  };
}

const UNNAMED = "serve it at an address such as http://127.0.0.1:8080, which --cors can name";

/** Without path, query and password, which only a program sends and which may say anything: no log has them. */
function originAlone(page: string): string {
  if (page === "null" || page === OTHER_SITE || page === OTHER_ORIGIN) return page;
  const { protocol, host } = URL.canParse(page) ? new URL(page) : { protocol: "", host: "" };
  return host === "" ? OTHER_ORIGIN : `${protocol}//${host}`;
}

const hintFor = (origin: string): { hint?: string } =>
  NAMED_ORIGIN.test(origin) ? { hint: `start it with --cors ${origin} to let them` } : {};

/** Whether pages of an origin may read answers and change things. */
export function isAllowedOrigin(origin: string, origins: readonly string[]): boolean {
  if (origins.includes(origin) || origins.includes("*")) return true;
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  return /^https?:$/.test(protocol) && LOOPBACK.test(hostname);
}

export const isPreflight = ({ method, headers }: HttpRequest): boolean =>
  method === "OPTIONS" && headers["access-control-request-method"] !== undefined;

/** What a browser does not name. */
const OTHER_SITE = "another site";
const OTHER_ORIGIN = "another origin";

/** The origin of the page that a browser sends a request for; undefined where no foreign page is behind it. */
function pageBehind(request: HttpRequest): string | undefined {
  const { origin, "sec-fetch-site": site } = request.headers;
  if (origin !== undefined) return isOwnOrigin(request, origin) ? undefined : origin;
  if (site === "cross-site") return OTHER_SITE;
  return movesClock(request) ? pageBehindRead(request) : undefined;
}

/**
 * A write has an Origin whenever a page sends it; a GET of `<img>`, or of a link, has none. One that changes
 * something is let in from pages only where the browser says that they are the emulator's own.
 */
function pageBehindRead(request: HttpRequest): string | undefined {
  const { referer, "sec-fetch-site": site } = request.headers;
  if (site !== undefined && site !== "same-origin") return OTHER_ORIGIN;
  if (referer === undefined) return undefined;
  const origin = URL.canParse(referer) ? new URL(referer).origin : OTHER_ORIGIN;
  return isOwnOrigin(request, origin) ? undefined : origin;
}

const isOwnOrigin = ({ headers }: HttpRequest, origin: string): boolean =>
  headers["host"] !== undefined && /^https?:\/\/(.*)$/.exec(origin)?.[1] === headers["host"];

/** The one read that changes something: a wait that moves a frozen clock. */
const movesClock = ({ path, query }: HttpRequest): boolean =>
  path === "/_local/wait" && new URLSearchParams(query).has("autoAdvance");
