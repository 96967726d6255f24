import type { HttpResponse } from "../api/http.ts";

/** JSON that a person can read too. */
export const answer = (status: number, body: unknown): HttpResponse => ({
  status,
  headers: { "content-type": "application/json" },
  body: `${JSON.stringify(body, null, 2)}\n`,
});
