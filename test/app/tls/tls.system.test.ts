import { execFile, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { ENTRY } from "../../entry.ts";

const run = promisify(execFile);
const isBotoThere = spawnSync("python3", ["-c", "import boto3"]).status === 0;
const isCliThere = spawnSync("aws", ["--version"]).status === 0;
if (!isBotoThere) process.stderr.write("SKIPPED: boto3 over HTTPS; install python3-boto3\n");
if (!isCliThere) process.stderr.write("SKIPPED: the AWS CLI over HTTPS; install awscli\n");

let home: string;
let server: ChildProcess;
let port = "";
let banner = "";
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  await mkdir(join(home, "my-dicom"));
  for (const { name, bytes } of createSampleSeries(2)) await writeFile(join(home, "my-dicom", name), bytes);
  const args = [ENTRY, "--tls", "--port", "0", "--throttling", "off", "--seed", join(home, "my-dicom")];
  server = spawn(process.execPath, args, { env: { HOME: home }, stdio: ["ignore", "pipe", "pipe"] });
  server.stderr?.on("data", (chunk) => (banner += String(chunk)));
  for await (const line of createInterface({ input: server.stdout ?? process.stdin })) {
    port = /^READY https:\/\/127\.0\.0\.1:(\d+)$/.exec(line)?.[1] ?? "";
    break;
  }
});
afterAll(async () => {
  server.kill("SIGTERM");
  expect(await once(server, "exit")).toEqual([0, null]);
  await rm(home, { recursive: true });
});

/** Without what this test's own process trusts. */
const environment = (others: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"],
  HOME: home,
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_DEFAULT_REGION: "us-east-1",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_PAGER: "",
  ...others,
});
const variables = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    [...banner.matchAll(/^ {4}(\w+)=(.+)$/gm)].map(([, name = "", value = ""]) => [name, value]),
  );

test("the server imports its seed, and shows the variables by which clients trust it", () => {
  expect(port).not.toBe("");
  expect(Object.keys(variables())).toEqual([
    "NODE_EXTRA_CA_CERTS",
    "AWS_CA_BUNDLE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "SSL_CERT_FILE",
  ]);
  expect(banner).toContain("seed: 1 image sets in data store my-dicom");
});

/** AWS's own names lead here, as in a hosts file; the port stays one that any user may have. */
const BOTO = `
import json, socket, sys, urllib.request, boto3
port = sys.argv[1]
look_up = socket.getaddrinfo
socket.getaddrinfo = lambda host, *others, **more: look_up("127.0.0.1" if str(host).endswith(".amazonaws.com") else host, *others, **more)
at = lambda service: f"https://{service}.us-east-1.amazonaws.com:{port}"
imaging = boto3.client("medical-imaging", endpoint_url=at("medical-imaging"))
store = imaging.list_datastores()["datastoreSummaries"][0]["datastoreId"]
found = imaging.search_image_sets(datastoreId=store)["imageSetsMetadataSummaries"]
s3 = boto3.client("s3", endpoint_url=at("s3"), config=boto3.session.Config(s3={"addressing_style": "virtual"}))
s3.create_bucket(Bucket="over-https")
s3.put_object(Bucket="over-https", Key="a/b.txt", Body=b"text")
presigned = s3.generate_presigned_url("get_object", Params={"Bucket": "over-https", "Key": "a/b.txt"})
print(json.dumps([len(found), presigned.split(":" + port)[0], urllib.request.urlopen(presigned).read().decode()]))
`;

test.skipIf(!isBotoThere)(
  "boto3 finds it by AWS's own names, with its host prefix and presigned URLs",
  async () => {
    const { stdout } = await run("python3", ["-c", BOTO, port], { env: environment(variables()) });
    expect(JSON.parse(stdout)).toEqual([1, "https://over-https.s3.us-east-1.amazonaws.com", "text"]);
  },
);

test.skipIf(!isBotoThere)("boto3 refuses it without the CA, and the server says why", async () => {
  const script = `import boto3; boto3.client("medical-imaging", endpoint_url="https://localhost:${port}").list_datastores()`;
  const failed = run("python3", ["-c", script], { env: environment({ AWS_MAX_ATTEMPTS: "1" }) });
  await expect(failed).rejects.toThrow("CERTIFICATE_VERIFY_FAILED");
  await expect.poll(() => banner).toMatch(/a client does not trust the CA of this emulator/);
});

test.skipIf(!isCliThere).each(["localhost", "127.0.0.1"])("the AWS CLI trusts it at %s", async (host) => {
  const env = environment({ ...variables(), AWS_ENDPOINT_URL: `https://${host}:${port}` });
  const { stdout } = await run("aws", ["medical-imaging", "list-datastores"], { env });
  expect(stdout).toContain('"datastoreName": "my-dicom"');
  const listed = await run("aws", ["s3", "ls"], { env });
  expect(listed.stdout).toContain(" healthimaging-local-import");
});
