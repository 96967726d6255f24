import { randomBytes } from "node:crypto";
import type { HttpResponse } from "../../../api/http.ts";
import { S3_ERROR_STATUS, type S3Error } from "../s3-error.ts";
import { writeXml, type XmlContent } from "./body/xml.ts";

export const REGION = "us-east-1";

export const OWNER = { ID: "0".repeat(64), DisplayName: "healthimaging-local" };

export const isoTime = (ms: number): string => new Date(ms).toISOString();
export const httpTime = (ms: number): string => new Date(ms).toUTCString();

export const answerXml = (
  name: string,
  content: XmlContent,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse => ({
  status: 200,
  headers: { "content-type": "application/xml", ...headers },
  body: writeXml(name, content),
});

export const answerS3Nothing = (
  status: 200 | 204,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse => ({ status, headers: status === 200 ? { "content-length": "0", ...headers } : headers });

export interface RequestIds {
  readonly "x-amz-request-id": string;
  readonly "x-amz-id-2": string;
}

export const newRequestIds = (): RequestIds => ({
  "x-amz-request-id": randomBytes(8).toString("hex").toUpperCase(),
  "x-amz-id-2": randomBytes(48).toString("base64"),
});

export function answerS3Error(
  error: S3Error,
  request: { method: string; path: string },
  ids: RequestIds,
): HttpResponse {
  const status = S3_ERROR_STATUS[error.code];
  const headers = { "content-type": "application/xml" };
  if (request.method === "HEAD") return { status, headers };
  const content = {
    Code: error.code,
    Message: error.message,
    ...error.details,
    Resource: request.path,
    RequestId: ids["x-amz-request-id"],
    HostId: ids["x-amz-id-2"],
  };
  return { status, headers, body: writeXml("Error", content, "") };
}
