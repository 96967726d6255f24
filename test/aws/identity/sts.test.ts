import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HttpResponse } from "../../../src/api/http.ts";
import { createEmulator, type Emulator } from "../../../src/index.ts";
import { bodyOf } from "../../healthimaging/http/sample-inputs.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createEmulator();
});
afterAll(() => emulator.close());

const ACTION = "Action=GetCallerIdentity&Version=2011-06-15";
const FORM = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
const credential = (key: string, region = "us-east-1"): string =>
  `${key}/20240501/${region}/sts/aws4_request`;
const signedBy = (key: string, region?: string): Record<string, string> => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${credential(key, region)}, SignedHeaders=host, Signature=0`,
});

const ask = (
  method: string,
  query: string,
  headers: Record<string, string>,
  body = "",
): Promise<HttpResponse> =>
  emulator.handle({
    method,
    path: "/",
    query,
    headers: { host: "localhost", ...headers },
    body: bodyOf(body),
  });
const post = (body: string, headers: Record<string, string>): Promise<HttpResponse> =>
  ask("POST", "", { ...FORM, ...headers }, body);

function elements({ body = "" }: HttpResponse): Record<string, string> {
  const found = (typeof body === "string" ? body : "").matchAll(/<(\w+)>([^<]*)<\/\1>/g);
  return Object.fromEntries([...found].map(([, name = "", text = ""]) => [name, text]));
}

const parsed = ({ body }: HttpResponse): unknown => JSON.parse(typeof body === "string" ? body : "");

describe("GetCallerIdentity", () => {
  test("is answered in AWS's form, with the account and the user of the access key", async () => {
    const answer = await post(ACTION, signedBy("111122223333"));
    expect([answer.status, answer.headers["content-type"]]).toEqual([200, "text/xml"]);
    expect(answer.body).toMatch(
      /^<\?xml [^>]+>\n<GetCallerIdentityResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/"><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user\/111122223333<\/Arn><UserId>AIDA[A-Z2-7]{17}<\/UserId><Account>111122223333<\/Account><\/GetCallerIdentityResult><ResponseMetadata><RequestId>[0-9a-f-]{36}<\/RequestId><\/ResponseMetadata><\/GetCallerIdentityResponse>$/,
    );
  });

  test.each([
    ["test", "us-east-1", "000000000000", "arn:aws:iam::000000000000:user/test"],
    ["AKIAEXAMPLE", "cn-north-1", "000000000000", "arn:aws-cn:iam::000000000000:user/AKIAEXAMPLE"],
    ["444455556666", "eu-west-1", "444455556666", "arn:aws:iam::444455556666:user/444455556666"],
    ["a&b", "us-east-1", "000000000000", "arn:aws:iam::000000000000:user/a&amp;b"],
  ])("of the key %s in %s is of the account %s", async (key, region, Account, Arn) => {
    expect(elements(await post(ACTION, signedBy(key, region)))).toMatchObject({ Account, Arn });
  });

  test("has the same user id for a key every time, and another for another", async () => {
    const ids = [];
    for (const key of ["one", "one", "two"]) ids.push(elements(await post(ACTION, signedBy(key)))["UserId"]);
    expect(new Set(ids).size).toBe(2);
    expect(ids[0]).toBe(ids[1]);
  });

  test("is answered as a GET, signed in a header or as a presigned URL", async () => {
    const inHeader = await ask("GET", ACTION, signedBy("111122223333"));
    const query = `${ACTION}&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(credential("111122223333"))}&X-Amz-Signature=0`;
    const presigned = await ask("GET", query, {});
    for (const answer of [inHeader, presigned])
      expect([answer.status, elements(answer)["Account"]]).toEqual([200, "111122223333"]);
  });

  test("is answered in JSON where the client accepts it, an error too", async () => {
    const json = { accept: "application/json" };
    const answer = await ask("GET", ACTION, { ...signedBy("111122223333"), ...json });
    expect([answer.status, answer.headers["content-type"]]).toEqual([200, "application/json"]);
    expect(parsed(answer)).toEqual({
      GetCallerIdentityResponse: {
        GetCallerIdentityResult: {
          Account: "111122223333",
          Arn: "arn:aws:iam::111122223333:user/111122223333",
          UserId: expect.stringMatching(/^AIDA/),
        },
        ResponseMetadata: { RequestId: answer.headers["x-amzn-requestid"] },
      },
    });
    const refused = await post(ACTION, json);
    expect([refused.status, parsed(refused)]).toMatchObject([
      403,
      { Error: { Type: "Sender", Code: "MissingAuthenticationToken" } },
    ]);
    const any = await post(ACTION, { ...signedBy("test"), accept: "*/*" });
    expect(any.headers["content-type"]).toBe("text/xml");
  });

  test("without a signature is refused", async () => {
    const answer = await post(ACTION, {});
    expect([answer.status, elements(answer)["Code"]]).toEqual([403, "MissingAuthenticationToken"]);
  });

  test("is in the journal under its name", async () => {
    await emulator.reset();
    await post(ACTION, signedBy("111122223333"));
    const { requests } = await emulator.control.requests.list({ op: "sts:*" });
    expect(requests).toMatchObject([
      { operation: "sts:GetCallerIdentity", status: 200, account: "111122223333" },
    ]);
    const { calls } = await emulator.control.calls();
    expect(calls).toMatchObject([{ operation: "sts:GetCallerIdentity", outcome: "success" }]);
  });
});

test.each([
  ["AssumeRole", signedBy("test")],
  ["AssumeRoleWithWebIdentity", {}],
  ["constructor", signedBy("test")],
])("%s of STS is answered with what is here and what to do", async (action, headers) => {
  const answer = await post(`Action=${action}&Version=2011-06-15`, headers);
  expect([answer.status, elements(answer)]).toMatchObject([
    400,
    {
      Code: "OperationNotEmulated",
      Message: expect.stringMatching(
        `^sts:${action} is not emulated .* has sts:GetCallerIdentity\\. .*AWS_ACCESS_KEY_ID`,
      ),
    },
  ]);
});
