import type { Emulator } from "../../../src/index.ts";

/** An answer of `/_local`, whatever it is about. */
export interface LocalAnswer {
  readonly code: number;
  readonly message?: string | null;
  readonly status?: string | null;
  readonly statuses?: readonly string[];
  readonly legal?: readonly string[];
  readonly now?: string;
  readonly isFrozen?: boolean;
  readonly nextDue?: string | null;
  readonly fired?: readonly {
    readonly at: string;
    readonly resource: string;
    readonly from: string | null;
    readonly to: string | null;
  }[];
  readonly firedLeftOut?: number;
  readonly [member: string]: unknown;
}

export type Local = (
  method: string,
  pathAndQuery: string,
  body?: unknown,
  whenGone?: (task: () => void) => void,
) => Promise<LocalAnswer>;

/** Asks `/_local` of an emulator, in process. */
export const createLocal =
  ({ handle }: Pick<Emulator, "handle">): Local =>
  async (method, pathAndQuery, body, whenGone = () => {}) => {
    const [path = "", query = ""] = pathAndQuery.split("?");
    const bytes = typeof body === "string" ? Buffer.from(body) : Buffer.from(JSON.stringify(body) ?? "");
    const response = await handle({
      method,
      path: `/_local/${path}`,
      query,
      headers: {},
      body: (async function* () {
        yield bytes;
      })(),
      whenGone,
    });
    if (typeof response.body !== "string") throw new Error("an answer of /_local is a text");
    const parsed: unknown = JSON.parse(response.body);
    return { ...(parsed as object), code: response.status };
  };
