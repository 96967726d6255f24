import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { HttpHandler, HttpResponse } from "../api/http.ts";
import { LocalApi } from "./local-api.ts";

/** Sends JSON, or a text as it is, to a path of `/_local`, and answers what came back, whatever its status. */
export type Send = (method: string, path: string, body?: object | string) => Promise<Answer>;

interface Answer {
  readonly status: number;
  /** As JSON, or as text where it is none. */
  readonly body: unknown;
}

/** To an emulator that listens. */
export function sendTo(endpoint: string): Send {
  const api = new LocalApi({ endpoint, accessKeyId: "test", region: "us-east-1" });
  return async (method, path, body) => {
    const { status, bytes } = await api.call(method, path, toText(body));
    return { status, body: parse(bytes.toString()) };
  };
}

/** To an emulator of this process. */
export const sendInProcess =
  (handle: HttpHandler): Send =>
  async (method, target, body) => {
    const [path = "", query = ""] = target.split("?");
    const content = Buffer.from(toText(body));
    const sent = Readable.from(content.length === 0 ? [] : [content]);
    const response = await handle({ method, path, query, headers: {}, body: sent });
    return { status: response.status, body: parse(await readText(response)) };
  };

function toText(body: object | string = ""): string {
  return typeof body === "string" ? body : JSON.stringify(body);
}

async function readText({ body = "" }: HttpResponse): Promise<string> {
  if (body instanceof Readable) return text(body);
  return typeof body === "string" ? body : Buffer.from(body).toString();
}

function parse(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return answer;
  }
}
