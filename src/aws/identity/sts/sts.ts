import type { HttpResponse } from "../../../api/http.ts";
import type { Caller } from "../../../domain/caller.ts";
import { newRequestId } from "../../../healthimaging/http/request-id.ts";
import { answerInProtocol } from "../../other-services/answer-in-protocol.ts";
import type { OtherCall } from "../../other-services/other-call.ts";
import { writeXml, type XmlContent } from "../../s3/rest/body/xml.ts";
import { getCallerIdentity } from "./get-caller-identity.ts";

/** The actions that are here; each makes its result of who called and what was sent. */
const ACTIONS: Readonly<Record<string, (caller: Caller, parameters: URLSearchParams) => XmlContent>> = {
  GetCallerIdentity: getCallerIdentity,
};

const NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";

/** STS in the query protocol, as a form or as a GET with an Action; the answer is XML, or JSON where that is accepted. */
export function sts({ action = "", protocol, parameters, caller }: OtherCall): HttpResponse {
  const perform = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (perform === undefined) return answerInProtocol(protocol, notEmulated(action));
  if (caller.accessKeyId === undefined) return answerInProtocol(protocol, UNSIGNED);
  const requestId = newRequestId();
  const name = `${action}Response`;
  const result = {
    [`${action}Result`]: perform(caller, parameters),
    ResponseMetadata: { RequestId: requestId },
  };
  const isJson = protocol === "query-json";
  const contentType = isJson ? "application/json" : "text/xml";
  const body = isJson ? JSON.stringify({ [name]: result }) : writeXml(name, result, NAMESPACE);
  return { status: 200, headers: { "content-type": contentType, "x-amzn-requestid": requestId }, body };
}

/** What AWS's query services answer to a request without a signature (facts: other-services#unsigned). */
const UNSIGNED = {
  code: "MissingAuthenticationToken",
  status: 403,
  message: "Request is missing Authentication Token",
};

const notEmulated = (action: string) => ({
  code: "OperationNotEmulated",
  status: 400,
  message:
    `sts:${action === "" ? "?" : action} is not emulated by healthimaging-local, which has ${names()}. ` +
    `Give the client any access key and secret (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) in place of a role, ` +
    `or unset AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_STS for this call.`,
});

const names = (): string =>
  Object.keys(ACTIONS)
    .map((name) => `sts:${name}`)
    .join(", ");
