import { ServiceError } from "../api/errors.ts";
import type { HttpHandler, HttpRequest } from "../api/http.ts";
import { answerError } from "./answers.ts";
import type { Log } from "../domain/log.ts";

/** Methods by which a page could only look, not change anything. */
const HARMLESS = new Set(["GET", "HEAD", "OPTIONS"]);
const LOOPBACK = /^(?:localhost|\[::1\]|127(?:\.\d{1,3}){3})$/;

/**
 * Keeps web pages of other origins from changing anything, and from `/_local` altogether: a browser
 * lets any page send what it may not read the answer of.
 * @param origins of pages that are let in, besides those of loopback addresses; `*` is every one
 */
export function withOriginGuard(handle: HttpHandler, origins: readonly string[], log: Log): HttpHandler {
  return async (request) => {
    const page = pageBehind(request);
    if (page === undefined || isAllowedOrigin(page, origins)) return handle(request);
    if (HARMLESS.has(request.method) && !isControl(request) && !isOwnHost(request, page))
      return handle(request);
    const message = `Pages of ${page} may not ${isControl(request) ? "reach" : "change"} this emulator`;
    return answerError(new ServiceError("AccessDeniedException", message, hintFor(page)), log);
  };
}

/** Only what is one site's can be let in by its name: `null` is the origin of any page that likes. */
const hintFor = (page: string): { hint?: string } =>
  /^https?:\/\/[^\s/@#?]+$/.test(page) ? { hint: `start it with --cors ${page} to let them` } : {};

/** Whether pages of an origin may read answers and change things. */
export function isAllowedOrigin(origin: string, origins: readonly string[]): boolean {
  if (origins.includes(origin) || origins.includes("*")) return true;
  return URL.canParse(origin) && LOOPBACK.test(new URL(origin).hostname);
}

/** The origin of the page that a browser sends a request for; undefined where no foreign page is behind it. */
function pageBehind({ headers }: HttpRequest): string | undefined {
  const { origin, host = "" } = headers;
  if (origin !== undefined) return origin;
  if (headers["sec-fetch-site"] === "cross-site") return "another site";
  // A page that made its own name lead here (DNS rebinding) asks without either.
  const isBrowser = headers["user-agent"]?.startsWith("Mozilla/") === true;
  return isBrowser && isRebindable(host) ? `http://${host}` : undefined;
}

const NOBODYS_BUT_AWS = /\.(?:localhost|internal|amazonaws\.com(?:\.cn)?|api\.aws)$/;

/** A name with dots can be anybody's; one without, and an address, are of this network. */
function isRebindable(host: string): boolean {
  const url = `http://${host}`;
  if (!URL.canParse(url)) return true;
  const { hostname } = new URL(url);
  if (NOBODYS_BUT_AWS.test(hostname)) return false;
  return hostname.includes(".") && !/^\d{1,3}(?:\.\d{1,3}){3}$/.test(hostname);
}

const isOwnHost = ({ headers }: HttpRequest, page: string): boolean => page === `http://${headers["host"]}`;
const isControl = ({ path }: HttpRequest): boolean => /^\/_local(?:\/|$)/.test(path);
