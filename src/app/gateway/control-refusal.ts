import type { HttpRequest, HttpResponse } from "../../api/http.ts";
import type { LocalErrorCode } from "../../api/local-errors.ts";

/** Whether a request is for `/_local`. */
export const isControl = ({ path }: Pick<HttpRequest, "path">): boolean => /^\/_local(?:\/|$)/.test(path);

/** A refusal before a request is dispatched; under `/_local` it has a code, as every refusal there. */
export const refusalOf = (request: HttpRequest, code: LocalErrorCode, refused: HttpResponse): HttpResponse =>
  isControl(request) ? { ...refused, headers: { ...refused.headers, "x-local-error": code } } : refused;
