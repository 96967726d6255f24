import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openServer, type ServerSandbox } from "../../clients.ts";

const isCliThere = spawnSync("aws", ["--version"]).status === 0;
const isBotoThere = spawnSync("python3", ["-c", "import boto3"]).status === 0;
if (!isCliThere) process.stderr.write("SKIPPED: the AWS CLI; install awscli\n");
if (!isBotoThere) process.stderr.write("SKIPPED: boto3; install python3-boto3\n");

let sandbox: ServerSandbox;
beforeAll(async () => {
  sandbox = await openServer();
});
afterAll(() => sandbox[Symbol.asyncDispose]());

async function run(program: string, ...args: string[]): Promise<string> {
  const env = {
    PATH: process.env["PATH"],
    HOME: process.env["HOME"],
    AWS_ENDPOINT_URL: sandbox.emulator.url,
    AWS_ACCESS_KEY_ID: "111122223333",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_DEFAULT_REGION: "us-east-1",
  };
  try {
    return (await promisify(execFile)(program, args, { env })).stdout;
  } catch (error) {
    return String((error as { stderr?: string }).stderr);
  }
}

/** One service of each protocol, and the operation as boto3 and the CLI name it. */
const CALLS = [
  ["dynamodb", "list_tables", "json"],
  ["logs", "describe_log_groups", "json"],
  ["lambda", "list_functions", "rest-json"],
  ["iam", "list_users", "query"],
  ["ec2", "describe_instances", "ec2"],
  ["route53", "list_hosted_zones", "rest-xml"],
  ["cloudwatch", "list_metrics", "smithy-rpc-v2-cbor"],
] as const;

const PROGRAM = `
import boto3, json, sys
from botocore.exceptions import ClientError
seen = []
for service, operation in json.loads(sys.argv[1]):
    client = boto3.client(service)
    try:
        getattr(client, operation)()
    except ClientError as error:
        metadata = error.response["ResponseMetadata"]
        seen.append([client.meta.service_model.protocol, str(error), metadata["RetryAttempts"], len(metadata["RequestId"])])
identity = boto3.client("sts").get_caller_identity()
seen.append([identity["Account"], identity["Arn"]])
url = boto3.client("sts").generate_presigned_url("get_caller_identity")
import urllib.request
seen.append("<Account>111122223333</Account>" in urllib.request.urlopen(url).read().decode())
print(json.dumps(seen))
`;

describe("our sentence about a service that is not emulated", () => {
  test.skipIf(!isBotoThere)("is what boto3 raises in each protocol, once, and STS answers it", async () => {
    const calls = JSON.stringify(CALLS.map(([service, operation]) => [service, operation]));
    const seen = JSON.parse(await run("python3", "-c", PROGRAM, calls)) as unknown[];
    expect(seen).toEqual([
      ...CALLS.map(([, , protocol]) => [
        // An older botocore speaks to CloudWatch in the query protocol.
        protocol.includes("cbor") ? expect.any(String) : protocol,
        expect.stringMatching(
          /^An error occurred \(ServiceNotEmulated\) .* is not emulated by healthimaging-local, .*AWS_ENDPOINT_URL_MEDICAL_IMAGING/,
        ),
        0,
        36,
      ]),
      ["111122223333", "arn:aws:iam::111122223333:user/111122223333"],
      true,
    ]);
  });

  test.skipIf(!isCliThere).each(CALLS)("is what the AWS CLI prints for %s", async (service, operation) => {
    expect(await run("aws", service, operation.replaceAll("_", "-"))).toMatch(
      /\(ServiceNotEmulated\) .* is not emulated by healthimaging-local/,
    );
  });

  test.skipIf(!isCliThere)("is not printed by aws sts get-caller-identity, which is answered", async () => {
    const answer = JSON.parse(await run("aws", "sts", "get-caller-identity")) as object;
    expect(answer).toMatchObject({ Account: "111122223333", Arn: expect.stringContaining(":user/") });
  });
});
