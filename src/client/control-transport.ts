import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { HttpHandler, HttpResponse } from "../api/http.ts";
import { LocalApi } from "./local-api.ts";

/** Sends JSON, or bytes as they are, to a path of `/_local`, and answers what came back, whatever its status. */
export type Send = (method: string, path: string, body?: object | Uint8Array) => Promise<Answer>;

interface Answer {
  readonly status: number;
  readonly bytes: Uint8Array;
}

/** To an emulator that listens. */
export function sendTo(endpoint: string): Send {
  const api = new LocalApi({ endpoint, accessKeyId: "test", region: "us-east-1" });
  return (method, path, body) => api.call(method, path, body);
}

/** To an emulator of this process. */
export const sendInProcess =
  (handle: HttpHandler): Send =>
  async (method, target, body) => {
    const [path = "", query = ""] = target.split("?");
    const sent = Readable.from(body === undefined ? [] : [bytesOf(body)]);
    const response = await handle({ method, path, query, headers: {}, body: sent });
    return { status: response.status, bytes: await readBytes(response) };
  };

async function readBytes({ body = "" }: HttpResponse): Promise<Uint8Array> {
  if (body instanceof Readable) return buffer(body);
  return typeof body === "string" ? Buffer.from(body) : body;
}

const bytesOf = (body: object | Uint8Array): Uint8Array =>
  body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));

/** As JSON, or as text where it is none. */
export function parse({ bytes }: Answer): unknown {
  const answer = Buffer.from(bytes).toString();
  try {
    return JSON.parse(answer);
  } catch {
    return answer;
  }
}
