import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { openServer } from "../../clients.ts";
import { scaled } from "../../setup/timeouts.ts";

const run = promisify(execFile);
const CACHE = resolve(import.meta.dirname, "../../../node_modules/.cache/healthimaging-local/npm");

/** One service of each protocol. */
const CALLS = [
  ["dynamodb", "DynamoDBClient", "ListTablesCommand"],
  ["lambda", "LambdaClient", "ListFunctionsCommand"],
  ["iam", "IAMClient", "ListUsersCommand"],
  ["ec2", "EC2Client", "DescribeInstancesCommand"],
  ["route-53", "Route53Client", "ListHostedZonesCommand"],
  ["cloudwatch", "CloudWatchClient", "ListMetricsCommand"],
  ["sts", "STSClient", "GetCallerIdentityCommand"],
] as const;

const PROGRAM = `
const credentials = { accessKeyId: "111122223333", secretAccessKey: "test" };
const seen = [];
for (const [name, client, command] of JSON.parse(process.argv[2])) {
  const sdk = await import("@aws-sdk/client-" + name);
  const call = new sdk[client]({ region: "us-east-1", credentials, endpoint: process.argv[3] }).send(new sdk[command]({}));
  seen.push(await call.then(({ Arn }) => Arn, (error) => [error.name, error.message, error.$metadata.attempts]));
}
console.log(JSON.stringify(seen));
`;

test(
  "the JavaScript SDK shows our sentence in each protocol, once, and STS answers it",
  async () => {
    await using sandbox = await openServer();
    const cwd = await mkdtemp(join(tmpdir(), "healthimaging-local-sdk-"));
    try {
      await writeFile(join(cwd, "package.json"), JSON.stringify({ type: "module", private: true }));
      await writeFile(join(cwd, "program.js"), PROGRAM);
      const options = ["--no-audit", "--no-fund", "--prefer-offline", "--cache", CACHE];
      await run("npm", ["install", ...options, ...CALLS.map(([name]) => `@aws-sdk/client-${name}`)], { cwd });
      const args = ["program.js", JSON.stringify(CALLS), sandbox.emulator.url];
      const { stdout } = await run(process.execPath, args, { cwd });
      const refused = [
        "ServiceNotEmulated",
        expect.stringContaining("is not emulated by healthimaging-local"),
        1,
      ];
      expect(JSON.parse(stdout)).toEqual([
        ...CALLS.slice(0, -1).map(() => refused),
        "arn:aws:iam::111122223333:user/111122223333",
      ]);
    } finally {
      await rm(cwd, { recursive: true, force: true });
    }
  },
  scaled(240_000),
);
