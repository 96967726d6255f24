import { Agent, request, type IncomingHttpHeaders } from "node:http";
import { Agent as SecureAgent, request as requestSecurely } from "node:https";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { EmulatorHandle, HttpAnswer } from "../../api/http.ts";
import { copyOf } from "../../api/http-body.ts";
import { USER_AGENT } from "../../api/user-agent.ts";

/** A body of known length. */
export interface SizedBody {
  readonly content: Readable;
  readonly byteLength: number;
}

interface Sent {
  readonly method: string;
  /** Including the query. */
  readonly path: string;
  readonly authorization: string;
  readonly body: string | Uint8Array | SizedBody;
}

/** An answer, whatever its status. */
export interface HttpResult {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

/** Sends a request to an emulator and returns its answer. */
export interface HttpClient {
  readonly carry: (sent: Sent) => Promise<HttpResult>;
  readonly close: () => void;
}

const lengthOf = (body: Sent["body"]): number =>
  typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;

/** The CAs that HTTPS trusts, in PEM, in place of those that Node.js trusts. */
export type TrustedCas = string | readonly string[] | undefined;

/** Connects to a listening emulator, or to a proxy in front of it. */
export function clientOf(endpoint: string, ca?: TrustedCas): HttpClient {
  const isSecure = endpoint.startsWith("https:");
  const agent = isSecure ? secureAgent(ca) : new Agent({ keepAlive: true });
  const ask = isSecure ? requestSecurely : request;
  const carry = async ({ method, path, authorization, body }: Sent): Promise<HttpResult> => {
    const { promise, resolve, reject } = Promise.withResolvers<HttpResult>();
    const headers = { "content-length": lengthOf(body), "user-agent": USER_AGENT, authorization };
    const outgoing = ask(endpoint + path, { method, agent, headers });
    outgoing.on("response", (response) => {
      const { statusCode: status = 0, headers: answered } = response;
      void buffer(response).then((bytes) => resolve({ status, headers: answered, bytes }), reject);
    });
    outgoing.on("error", reject);
    if (typeof body === "string" || body instanceof Uint8Array) outgoing.end(body);
    else body.content.on("error", (error) => outgoing.destroy(error)).pipe(outgoing);
    return promise;
  };
  return { carry, close: () => agent.destroy() };
}

const secureAgent = (ca: TrustedCas): SecureAgent =>
  new SecureAgent({ keepAlive: true, ...(ca === undefined ? {} : { ca: [ca].flat() }) });

/** Connects to an emulator in this process. */
export const clientInProcess = (handle: EmulatorHandle): HttpClient => ({
  carry: async ({ method, path: target, authorization, body }) => {
    const { pathname: path, search } = new URL(target, "http://localhost");
    const headers = {
      host: "localhost",
      "content-length": String(lengthOf(body)),
      "user-agent": USER_AGENT,
      authorization,
    };
    const isWhole = typeof body === "string" || body instanceof Uint8Array;
    const content = isWhole ? Readable.from(body.length === 0 ? [] : [Buffer.from(body)]) : body.content;
    const response = await handle({ method, path, query: search.slice(1), headers, body: content });
    return { status: response.status, headers: response.headers, bytes: await readBytes(response) };
  },
  close: () => {},
});

async function readBytes({ body = "" }: HttpAnswer): Promise<Buffer> {
  return body instanceof Readable ? buffer(body) : copyOf(body);
}
