import type { HttpRequest } from "../../api/http.ts";
import type { Caller } from "../../domain/caller.ts";
import { hasAction, protocolOf, type WireProtocol } from "./wire-protocol.ts";

/** A call of a service that is not HealthImaging or S3, as far as it can be read without its model. */
export interface OtherCall {
  /** The signing name, such as `monitoring`; of an unsigned call what its version or host says. */
  readonly service: string | undefined;
  /** `ListTables`; undefined where only the service's model knows it. */
  readonly action: string | undefined;
  readonly protocol: WireProtocol;
  /** Of the query protocols; empty of the others. */
  readonly parameters: URLSearchParams;
  readonly caller: Caller;
}

/** A form of STS is smaller, tokens and policies included. */
const MAX_FORM_BYTES = 256 * 1024;
/** STS may be called unsigned: its version is its name. */
const STS_VERSION = "2011-06-15";

/** Reads a call to its end: clients that are still sending would not see the answer. */
export async function readOtherCall(
  request: HttpRequest,
  { service: signedFor, ...caller }: Caller & { readonly service: string | undefined },
): Promise<OtherCall> {
  const read = protocolOf(request, signedFor);
  const isForm = read === "query" || read === "ec2";
  const body = await readStart(request.body, isForm ? MAX_FORM_BYTES : 0);
  const form = hasAction(request.query) ? request.query : body;
  const parameters = new URLSearchParams(isForm ? form : "");
  const isSts = parameters.get("Version") === STS_VERSION;
  const ofUnsigned = (): string | undefined => (isSts ? "sts" : serviceOfUnsigned(request));
  const service = signedFor === undefined ? ofUnsigned() : named(signedFor);
  const isJson = service === "sts" && read === "query" && acceptsJson(request);
  const protocol = isJson ? "query-json" : read;
  return { service, action: actionOf(request, parameters), protocol, parameters, caller };
}

/** STS answers in JSON then (facts: other-services#json-of-sts). */
const acceptsJson = ({ headers }: HttpRequest): boolean =>
  /^application\/json\b/i.test(headers["accept"]?.trim() ?? "");

/** @returns its beginning as text; the rest is read and forgotten */
async function readStart(body: HttpRequest["body"], maxBytes: number): Promise<string> {
  const kept: Uint8Array[] = [];
  let keptBytes = 0;
  try {
    for await (const chunk of body) {
      if (keptBytes + chunk.length > maxBytes) continue;
      kept.push(chunk);
      keptBytes += chunk.length;
    }
  } catch {
    // The client has gone: nobody reads the answer.
  }
  return Buffer.concat(kept).toString();
}

function actionOf({ headers, path }: HttpRequest, parameters: URLSearchParams): string | undefined {
  const target = headers["x-amz-target"]?.split(".").at(-1);
  const [, ofPath] = /^\/service\/\w+\/operation\/(\w+)$/.exec(path) ?? [];
  const action = target ?? ofPath ?? parameters.get("Action") ?? "";
  return /^[A-Za-z]\w{0,127}$/.test(action) ? action : undefined;
}

/** `cognito-idp.us-east-1.amazonaws.com` is cognito-idp's; at other hosts a target's prefix names the service. */
function serviceOfUnsigned({ headers }: HttpRequest): string | undefined {
  const { host = "", "x-amz-target": target = "" } = headers;
  const ofHost = /([a-z][a-z0-9-]*)\.(?:[a-z]{2,}(?:-[a-z]+)+-\d+\.)?amazonaws\.com/i.exec(host)?.[1];
  return named(ofHost ?? target.split(".")[0]);
}

/** What is shown and counted: a scope may hold any characters. */
const named = (service: string | undefined): string | undefined =>
  service !== undefined && /^[A-Za-z][\w-]{0,63}$/.test(service) ? service : undefined;
