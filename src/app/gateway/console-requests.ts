import type { HttpRequest } from "../../api/http.ts";
import { CONSOLE_PATH } from "../../local/control/routes/console-path.ts";
import { bucketIn } from "./endpoints.ts";

/**
 * Whether a request is for the console: at its own path, or from a browser that opens the emulator's address. There
 * S3's ListBuckets is at the same path: its clients sign, or do not ask for HTML.
 */
export const isForConsole = (request: HttpRequest): boolean =>
  (request.method === "GET" || request.method === "HEAD") &&
  (isBelowConsole(request.path) || isBrowserAtRoot(request));

const isBelowConsole = (path: string): boolean =>
  path === CONSOLE_PATH || path.startsWith(`${CONSOLE_PATH}/`);

const isBrowserAtRoot = ({ path, query, headers }: HttpRequest): boolean =>
  path === "/" &&
  query === "" &&
  headers["authorization"] === undefined &&
  bucketIn(headers["host"]) === undefined &&
  /\btext\/html\b/.test(headers["accept"] ?? "");
