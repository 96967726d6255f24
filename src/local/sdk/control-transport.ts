import type { LocalApi } from "./local-api.ts";

/** Sends JSON, or a text or bytes as they are, to a path of `/_local`, and answers what came back, whatever its status. */
export type Send = (method: string, path: string, body?: object | string | Uint8Array) => Promise<Answer>;

interface Answer {
  readonly status: number;
  readonly bytes: Uint8Array;
}

export const sendBy =
  (api: LocalApi): Send =>
  (method, path, body = "") =>
    api.call(
      method,
      path,
      typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
    );

/** As JSON, or as text where it is none. */
export function parse({ bytes }: Answer): unknown {
  const answer = Buffer.from(bytes).toString();
  try {
    return JSON.parse(answer);
  } catch {
    return answer;
  }
}
