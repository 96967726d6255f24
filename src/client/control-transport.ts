import type { LocalApi } from "./local-api.ts";

/** Sends JSON, or a text as it is, to a path of `/_local`, and answers what came back, whatever its status. */
export type Send = (method: string, path: string, body?: object | string) => Promise<Answer>;

interface Answer {
  readonly status: number;
  /** As JSON, or as text where it is none. */
  readonly body: unknown;
}

export const sendBy =
  (api: LocalApi): Send =>
  async (method, path, body = "") => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const { status, bytes } = await api.call(method, path, text);
    return { status, body: parse(bytes.toString()) };
  };

function parse(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return answer;
  }
}
