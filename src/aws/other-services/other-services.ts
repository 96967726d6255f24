import type { HttpRequest, HttpResponse } from "../../api/http.ts";
import type { OpenCall } from "../../domain/activity.ts";
import type { Caller } from "../../domain/caller.ts";
import { answerInProtocol } from "./answer-in-protocol.ts";
import { readOtherCall, type OtherCall } from "./other-call.ts";

export type OtherServices = (
  request: HttpRequest,
  record: Pick<OpenCall, "identifyOther">,
  caller: Caller & { readonly service: string | undefined },
) => Promise<HttpResponse>;

/** Services that are here besides HealthImaging and S3, by signing name. */
export type EmulatedServices = ReadonlyMap<string, (call: OtherCall) => HttpResponse>;

/** Answers calls of every service that is not HealthImaging or S3: most with what to do instead. */
export const createOtherServices =
  (emulated: EmulatedServices): OtherServices =>
  async (request, record, caller) => {
    const call = await readOtherCall(request, caller);
    record.identifyOther(`${call.service ?? "unknown"}:${call.action ?? request.method}`, caller);
    const front = call.service === undefined ? undefined : emulated.get(call.service);
    return front === undefined ? notEmulated(call, [...emulated.keys()]) : front(call);
  };

/** What users know some services as, by signing name, which may be any word: an object has `constructor`. */
const KNOWN_AS: ReadonlyMap<string, string> = new Map([
  ["email", "SES"],
  ["events", "EventBridge"],
  ["logs", "CloudWatch Logs"],
  ["monitoring", "CloudWatch"],
  ["states", "Step Functions"],
]);

export const NOT_EMULATED = "ServiceNotEmulated";

function notEmulated({ service, protocol }: OtherCall, others: readonly string[]): HttpResponse {
  const name = service === undefined ? "this service" : `${service}${aliasOf(service)}`;
  const message =
    `${name} is not emulated by healthimaging-local, which has medical-imaging, s3 and ${others.join(", ")}. ` +
    `If AWS_ENDPOINT_URL is set, unset it and set AWS_ENDPOINT_URL_MEDICAL_IMAGING and AWS_ENDPOINT_URL_S3 instead; ` +
    `if the code gives this client its endpoint, give it another one.`;
  return answerInProtocol(protocol, { code: NOT_EMULATED, status: 400, message });
}

function aliasOf(service: string): string {
  const alias = KNOWN_AS.get(service);
  return alias === undefined ? "" : ` (${alias})`;
}
