import { execFile, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readDocuments } from "../documents.ts";
import { bundled, ENTRY } from "../entry.ts";

const isThere = (command: string): boolean => spawnSync(command, ["--version"]).status === 0;
const isBotoThere = spawnSync("python3", ["-c", "import boto3"]).status === 0;
if (!isBotoThere) process.stderr.write("SKIPPED: boto3 over HTTPS; install python3-boto3\n");
const isRcloneThere = isThere("rclone");
if (!isRcloneThere) process.stderr.write("SKIPPED: rclone over HTTPS; install rclone\n");
const isShellThere = ["bash", "curl", "aws"].every(isThere);
if (!isShellThere)
  process.stderr.write("SKIPPED: the shell blocks about HTTPS; install bash, curl and awscli\n");

const documents = readDocuments();
const [today] = documents;
const ROOT = resolve(import.meta.dirname, "../..");

let home: string;
let server: ChildProcess;
let port: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  const start =
    today?.run("--tls &", "sh").trim().replace("npx healthimaging-local", "").replace("&", "") ?? "";
  const args = [ENTRY, ...start.trim().split(" "), "--port", "0"];
  server = spawn(process.execPath, args, { env: { HOME: home }, stdio: ["ignore", "pipe", "ignore"] });
  for await (const line of createInterface({ input: server.stdout ?? process.stdin })) {
    port = /^READY https:\/\/127\.0\.0\.1:(\d+)$/.exec(line)?.[1] ?? "";
    break;
  }
});
afterAll(async () => {
  server.kill("SIGTERM");
  await once(server, "exit");
  await rm(home, { recursive: true });
});

describe("the page about HTTPS", () => {
  test.skipIf(!isShellThere)(
    "has shell code by which the AWS CLI, curl and the command line trust the CA",
    async () => {
      const code = today?.run("env --endpoint https", "sh") ?? "";
      const own = code
        .replaceAll("npx healthimaging-local", `'${process.execPath}' '${ENTRY}'`)
        .replace("localhost:4464", `localhost:${port}`);
      const env = { PATH: process.env["PATH"], HOME: home, AWS_PAGER: "", AWS_EC2_METADATA_DISABLED: "true" };
      const { stdout } = await promisify(execFile)("bash", ["-ec", own], { cwd: home, env });
      expect(stdout).toMatch(
        /"datastoreSummaries": \[\][^]*"Account": "000000000000"[^]*make_bucket: dicom-input[^]*<Name>dicom-input<[^]*>ok /,
      );
    },
  );

  test.skipIf(!isBotoThere)("has variables by which boto3 trusts the CA, for STS as well", async () => {
    const code = [
      `eval "$('${process.execPath}' '${ENTRY}' env --endpoint https://localhost:${port})"`,
      `python3 -c 'import boto3; print(boto3.client("sts").get_caller_identity()["Arn"], boto3.client("medical-imaging").list_datastores()["datastoreSummaries"])'`,
    ].join("\n");
    const env = { PATH: process.env["PATH"], HOME: home, AWS_EC2_METADATA_DISABLED: "true" };
    const { stdout } = await promisify(execFile)("bash", ["-ec", code], { cwd: home, env });
    expect(stdout).toMatch(/^arn:aws:[^ ]*000000000000[^ ]* \[\]\n$/);
  });

  test.skipIf(!isRcloneThere)("has the way in which rclone 1.60 trusts the CA", async () => {
    const code = [
      `eval "$('${process.execPath}' '${ENTRY}' env --endpoint https://localhost:${port})"`,
      "export RCLONE_CONFIG_IMAGING_TYPE=s3 RCLONE_CONFIG_IMAGING_PROVIDER=Other RCLONE_CONFIG_IMAGING_ENV_AUTH=true",
      'export RCLONE_CONFIG_IMAGING_ENDPOINT="$AWS_ENDPOINT_URL_S3"',
      "env -u AWS_CA_BUNDLE rclone mkdir imaging:dicom-rclone",
      "env -u AWS_CA_BUNDLE rclone lsd imaging:",
    ].join("\n");
    const env = { PATH: process.env["PATH"], HOME: home };
    const { stdout } = await promisify(execFile)("bash", ["-ec", code], { cwd: home, env });
    expect(stdout).toMatch(/ dicom-rclone\n/);
  });

  test("has code for tests that runs as it stands", async () => {
    const code = (today?.run("startEmulator({ tls: true })") ?? "")
      .replace('"healthimaging-local"', JSON.stringify(bundled("index.js")))
      .replace('"healthimaging-local/client"', JSON.stringify(bundled("client.js")));
    await symlink(join(ROOT, "node_modules"), join(home, "node_modules"));
    const args = ["--input-type=module-typescript", "--no-warnings", "--eval", code];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: home, env: { HOME: home } });
    expect(stdout).toBe("[]\n");
  });

  test("has no other code", () => {
    expect(documents.flatMap((edition) => edition.notRun(import.meta.filename))).toEqual([]);
  });
});
