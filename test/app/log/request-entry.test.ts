import { expect, test } from "vitest";
import { compose } from "../../../src/app/compose.ts";
import { bodyOf } from "../../healthimaging/http/sample-inputs.ts";

const signedFor = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=test/20240501/us-east-1/${service}/aws4_request, Signature=0`,
});

test.each([
  ["POST", "/nothing", signedFor("medical-imaging"), "POST medical-imaging"],
  ["PATCH", "/datastore", {}, "PATCH medical-imaging"],
  ["POST", "/nothing", signedFor("dynamodb"), "dynamodb:POST"],
  ["GET", "/bucket/nothing", signedFor("s3"), "GET s3"],
  ["GET", "/bucket/nothing", {}, "GET s3"],
  ["GET", "/datastore", {}, "ListDatastores"],
])("the log of %s %s %j says %s", async (method, path, headers, operation) => {
  const logged: string[] = [];
  const { handle, close } = await compose({ onRequest: (entry) => logged.push(entry.operation) });
  await handle({ method, path, query: "", headers, body: bodyOf("") });
  await close();
  expect(logged).toEqual([operation]);
});
