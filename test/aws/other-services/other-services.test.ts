import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HttpResponse } from "../../../src/api/http.ts";
import { createEmulator, type Emulator } from "../../../src/index.ts";
import { bodyOf } from "../../healthimaging/http/sample-inputs.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createEmulator();
});
afterAll(() => emulator.close());

const FORM = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
const signedFor = (service: string): Record<string, string> => ({
  authorization: `AWS4-HMAC-SHA256 Credential=111122223333/20240501/us-east-1/${service}/aws4_request, Signature=0`,
});

const ask = (
  method: string,
  target: string,
  headers: Record<string, string>,
  body = "",
): Promise<HttpResponse> => {
  const [path = "", query = ""] = target.split("?");
  return emulator.handle({
    method,
    path,
    query,
    headers: { host: "localhost", ...headers },
    body: bodyOf(body),
  });
};

const ERROR =
  "<Error><Type>Sender</Type><Code>ServiceNotEmulated</Code><Message>NAME is not emulated by healthimaging-local,";

describe("a call of a service that is not emulated", () => {
  test.each([
    [
      "JSON",
      "dynamodb",
      [
        "POST",
        "/",
        { "content-type": "application/x-amz-json-1.0", "x-amz-target": "DynamoDB_20120810.ListTables" },
        "{}",
      ],
      "application/x-amz-json-1.0",
      '{"__type":"ServiceNotEmulated","message":"NAME is not emulated by healthimaging-local,',
      "dynamodb:ListTables",
    ],
    [
      "REST JSON",
      "lambda",
      ["GET", "/2015-03-31/functions", {}],
      "application/json",
      '{"__type":"ServiceNotEmulated","message":"NAME is not emulated',
      "lambda:GET",
    ],
    [
      "the query protocol",
      "iam",
      ["POST", "/", FORM, "Action=ListUsers&Version=2010-05-08"],
      "text/xml",
      ERROR,
      "iam:ListUsers",
    ],
    [
      "EC2's query protocol",
      "ec2",
      ["POST", "/", FORM, "Action=DescribeInstances&Version=2016-11-15"],
      "text/xml",
      "<Response><Errors><Error><Code>ServiceNotEmulated</Code><Message>NAME is not",
      "ec2:DescribeInstances",
    ],
    ["REST XML", "route53", ["GET", "/2013-04-01/hostedzone", {}], "text/xml", ERROR, "route53:GET"],
    [
      "the query protocol as a GET",
      "sns",
      ["GET", "/?Action=ListTopics&Version=2010-03-31", {}],
      "text/xml",
      ERROR,
      "sns:ListTopics",
    ],
    [
      "REST JSON at a path of HealthImaging",
      "batch",
      ["GET", "/tags/arn%3Aaws", {}],
      "application/json",
      '"message":"NAME is not emulated',
      "batch:GET",
    ],
  ] as const)("is answered in its protocol: %s", async (_, service, sent, contentType, text, name) => {
    const [method, target, headers, body] = sent;
    const answer = await ask(method, target, { ...headers, ...signedFor(service) }, body);
    expect([answer.status, answer.headers["content-type"], answer.headers["x-amzn-errortype"]]).toEqual([
      400,
      contentType,
      "ServiceNotEmulated",
    ]);
    expect(answer.body).toContain(text.replace("NAME", service));
    const { requests } = await emulator.control.requests.list({ op: name });
    expect(requests.at(-1)).toMatchObject({
      operation: name,
      status: 400,
      account: "111122223333",
      requestBody: "",
    });
  });

  test("is asked for in the journal by its whole name; an operation of DICOMweb is one that there is", async () => {
    expect(await emulator.control.requests.count({ op: "glacier:ListVaults" })).toBe(0);
    await expect(emulator.control.requests.count({ op: "dicomweb:GetNothing" })).rejects.toThrow("operation");
  });

  test("is answered in CBOR: the whole message, each length in its form", async () => {
    const { headers, body } = await ask(
      "POST",
      "/service/GraniteServiceVersion20100801/operation/ListMetrics",
      { "smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor", ...signedFor("monitoring") },
    );
    expect([headers["smithy-protocol"], headers["content-type"]]).toEqual([
      "rpc-v2-cbor",
      "application/cbor",
    ]);
    const bytes = Buffer.from(body as Uint8Array);
    const head = Buffer.from("\xa2\x66__type\x72ServiceNotEmulated\x67message\x79", "latin1");
    expect(bytes.subarray(0, head.length)).toEqual(head);
    expect(bytes.readUInt16BE(head.length)).toBe(bytes.length - head.length - 2);
    expect(bytes.toString("utf8", head.length + 2)).toMatch(
      /^monitoring \(CloudWatch\) is not emulated .* another one\.$/,
    );
  });

  test.each([
    [
      "a target",
      { "x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth" },
      "AWSCognitoIdentityProviderService",
    ],
    [
      "a host of AWS",
      {
        "x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth",
        host: "cognito-idp.us-east-1.amazonaws.com",
      },
      "cognito-idp",
    ],
    ["a form", FORM, "this service"],
    ["CBOR", { "smithy-protocol": "rpc-v2-cbor" }, "this service"],
  ])("is known without a signature by %s", async (_, headers, name) => {
    const { handle, close } = await createEmulator({ allowHost: ["*"] });
    const request = { method: "POST", path: "/", query: "", headers: { host: "localhost", ...headers } };
    const { status, body } = await handle({ ...request, body: bodyOf("Action=X") });
    const shown = body instanceof Uint8Array ? Buffer.from(body).toString() : body;
    await close();
    expect([status, shown]).toEqual([400, expect.stringContaining(`${name} is not emulated`)]);
  });

  test("learns that at any host, where a call of HealthImaging, S3 or STS is refused", async () => {
    const at = async (service: string): Promise<string | undefined> =>
      (await ask("POST", "/", { host: "dynamodb.us-east-1.amazonaws.com", ...signedFor(service) })).headers[
        "x-local-hint"
      ];
    expect(await at("dynamodb")).toBeUndefined();
    const reset = { host: "evil.example", ...signedFor("dynamodb") };
    expect((await ask("POST", "/_local/reset", reset)).headers["x-amzn-errortype"]).toBe(
      "ServiceNotEmulated",
    );
    const likeSts = { host: "evil.example", ...FORM, ...signedFor("d!") };
    expect((await ask("POST", "/", likeSts, "Action=GetCallerIdentity&Version=2011-06-15")).status).toBe(400);
    for (const service of ["medical-imaging", "s3", "sts"])
      expect(await at(service)).toContain("--allow-host");
  });

  test("whose signing name is not a name is answered without it", async () => {
    const { body } = await ask("POST", "/", signedFor("<b>&"));
    expect(body).toContain("this service is not emulated");
  });

  test.each(["constructor", "toString", "hasOwnProperty"])(
    "is answered so where its signing name is one of every object: %s",
    async (service) => {
      const forms: Parameters<typeof ask>[] = [
        ["POST", "/", { ...FORM, ...signedFor(service) }, "Action=X"],
        ["GET", "/a", signedFor(service)],
        ["GET", "/a", { ...signedFor(service), host: "evil.example" }],
      ];
      for (const form of forms) {
        const { status, headers, body } = await ask(...form);
        expect([status, headers["x-amzn-errortype"]]).toEqual([400, "ServiceNotEmulated"]);
        expect(body).toContain(`${service} is not emulated`);
      }
    },
  );

  test("is read to its end, also where it is large", async () => {
    let sent = 0;
    const chunks = async function* () {
      for (; sent < 20; sent++) yield Buffer.alloc(100_000);
    };
    const headers = { host: "localhost", ...signedFor("lambda") };
    const request = { method: "POST", path: "/2015-03-31/functions/a/invocations", query: "", headers };
    expect((await emulator.handle({ ...request, body: chunks() })).status).toBe(400);
    expect(sent).toBe(20);
  });

  test("is counted in the report, which has nothing of it where there was none", async () => {
    await emulator.reset();
    await ask("POST", "/", { ...FORM, ...signedFor("sts") }, "Action=GetCallerIdentity&Version=2011-06-15");
    await ask("GET", "/datastore", signedFor("medical-imaging"));
    const none = await emulator.control.report("111122223333");
    expect(none.accounts[0]).not.toHaveProperty("notEmulated");
    for (const action of ["ListUsers", "ListUsers", "ListRoles"])
      await ask("POST", "/", { ...FORM, ...signedFor("iam") }, `Action=${action}`);
    const { accounts } = await emulator.control.report("111122223333");
    expect(accounts[0]?.notEmulated).toEqual({ "iam:ListUsers": 2, "iam:ListRoles": 1 });
    const text = await ask("GET", "/_local/report?format=text", {});
    expect(text.body).toContain("\n  not emulated, iam:ListUsers: 2\n");
  });
});

test.each([
  ["an unsigned GET of the buckets", "GET", "/", {}],
  [
    "an unsigned upload by a form of a browser",
    "POST",
    "/bucket",
    { "content-type": "multipart/form-data; boundary=a" },
  ],
  ["a request that is signed for S3", "GET", "/?Action=none", signedFor("s3")],
] as const)("%s is S3's", async (_, method, target, headers) => {
  expect((await ask(method, target, headers)).headers["x-amz-request-id"]).toBeDefined();
});

test("an operation of HealthImaging that sends a form is performed", async () => {
  const { status } = await ask("POST", "/datastore", FORM, '{"clientToken":"t"}');
  expect(status).toBe(200);
});
