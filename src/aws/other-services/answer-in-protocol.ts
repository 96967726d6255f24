import type { HttpResponse } from "../../api/http.ts";
import { newRequestId } from "../../healthimaging/http/request-id.ts";
import { writeXml } from "../s3/rest/body/xml.ts";
import { encodeCbor } from "./encode-cbor.ts";
import type { WireProtocol } from "./wire-protocol.ts";

/** An error of a service that is not HealthImaging or S3. */
export interface OtherServiceError {
  readonly code: string;
  /** Below 500: SDKs repeat the others. */
  readonly status: number;
  readonly message: string;
}

interface Body {
  readonly contentType: string;
  readonly body: string | Uint8Array;
}

/** Where clients of each protocol look for code and message (facts: other-services#errors). */
const WRITERS: Readonly<Record<WireProtocol, (error: OtherServiceError, requestId: string) => Body>> = {
  query: (error, requestId) => xml("ErrorResponse", { Error: senderError(error), RequestId: requestId }),
  // Assumed: sts-json-errors. It has the names of the XML.
  "query-json": (error, requestId) => ({
    contentType: "application/json",
    body: JSON.stringify({ Error: senderError(error), RequestId: requestId }),
  }),
  "rest-xml": (error, requestId) => xml("ErrorResponse", { Error: senderError(error), RequestId: requestId }),
  ec2: ({ code, message }, requestId) =>
    xml("Response", { Errors: { Error: { Code: code, Message: message } }, RequestID: requestId }),
  json: (error) => ({ contentType: "application/x-amz-json-1.0", body: JSON.stringify(membersOf(error)) }),
  "rest-json": (error) => ({ contentType: "application/json", body: JSON.stringify(membersOf(error)) }),
  cbor: (error) => ({ contentType: "application/cbor", body: encodeCbor(membersOf(error)) }),
};

/** An error that the clients of a protocol show as what it is. */
export function answerInProtocol(
  protocol: WireProtocol,
  error: OtherServiceError,
  requestId: string = newRequestId(),
): HttpResponse {
  const { contentType, body } = WRITERS[protocol](error, requestId);
  const headers = {
    "content-type": contentType,
    "x-amzn-errortype": error.code,
    "x-amzn-requestid": requestId,
    ...(protocol === "cbor" ? { "smithy-protocol": "rpc-v2-cbor" } : {}),
  };
  return { status: error.status, headers, body, error: { message: error.message, logged: undefined } };
}

const xml = (name: string, content: Parameters<typeof writeXml>[1]): Body => ({
  contentType: "text/xml",
  body: writeXml(name, content, ""),
});

const senderError = ({ code, message }: OtherServiceError) => ({
  Type: "Sender",
  Code: code,
  Message: message,
});

const membersOf = ({ code, message }: OtherServiceError) => ({ __type: code, message });
