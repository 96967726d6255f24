import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { LocalApi } from "../../../src/local/sdk/local-api.ts";

/** Whatever it is asked, it gives this answer. */
function answering(body: string, headers: Readonly<Record<string, string>> = {}): LocalApi {
  const endpoint = async () => ({ status: 400, headers, body: Readable.from([body]) });
  return new LocalApi({ endpoint, accessKeyId: "test", region: "us-east-1" });
}

const CODE = { "x-amzn-errortype": "ConflictException" };
const HINT = { "x-local-hint": "try later" };

test.each([
  ["the API's JSON", '{"message":"it is there"}', CODE, "ConflictException: it is there"],
  ["a hint", '{"message":"it is there"}', { ...CODE, ...HINT }, "ConflictException: it is there (try later)"],
  ["S3's XML", "<Error><Code>NoSuchKey</Code><Message>none</Message></Error>", {}, "NoSuchKey: none"],
  ["text of a proxy", "bad gateway", {}, "HTTP 400: bad gateway"],
  ["XML that is cut off", "<Error><Code>NoSu", {}, "HTTP 400: <Error><Code>NoSu"],
  ["a long text, of which 200 characters are kept", "x".repeat(300), {}, `HTTP 400: ${"x".repeat(200)}`],
])("an error message is read from %s", async (_, body, headers, message) => {
  const error: unknown = await answering(body, headers)
    .s3("GET", "bucket", "key")
    .catch((cause: unknown) => cause);
  expect(error).toMatchObject({ status: 400, message });
});
