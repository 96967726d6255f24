import { execFile, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openServer, type ServerSandbox } from "../clients.ts";
import { readDocuments } from "../documents.ts";
import { ENTRY } from "../entry.ts";

const isCliThere = spawnSync("aws", ["--version"]).status === 0;
const isBotoThere = spawnSync("python3", ["-c", "import boto3"]).status === 0;
if (!isCliThere) process.stderr.write("SKIPPED: the AWS CLI; install awscli\n");
if (!isBotoThere) process.stderr.write("SKIPPED: boto3; install python3-boto3\n");

const [documents] = readDocuments();
const REGISTER = pathToFileURL(join(import.meta.dirname, "../../src/register.ts")).href;
let sandbox: ServerSandbox;
let home: string;
let config: string;
beforeAll(async () => {
  sandbox = await openServer();
  home = await mkdtemp(join(tmpdir(), "healthimaging-local-config-"));
  await mkdir(join(home, ".aws"));
  config = (documents?.run("[profile local]", "ini") ?? "").replaceAll(
    "http://127.0.0.1:4464",
    sandbox.emulator.url,
  );
  await writeFile(join(home, ".aws", "config"), config);
});
afterAll(async () => {
  await rm(home, { recursive: true });
  await sandbox[Symbol.asyncDispose]();
});

async function run(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const given = { PATH: process.env["PATH"], HOME: home, AWS_EC2_METADATA_DISABLED: "true", ...env };
  try {
    return (await promisify(execFile)(program, args, { env: given })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return stdout + stderr;
  }
}

/** An operation of image sets: its host has the prefix. */
const PROGRAM = `
import { MedicalImagingClient, SearchImageSetsCommand } from "@aws-sdk/client-medical-imaging";
const call = new MedicalImagingClient({ maxAttempts: 1 }).send(new SearchImageSetsCommand({ datastoreId: "a".repeat(32) }));
console.log(await call.catch(({ name }) => name));
`;

describe("the profile of docs/guide/aws-config.md", () => {
  test.skipIf(!isCliThere)("sends the AWS CLI to the emulator, host prefix included", async () => {
    const out = await run("sh", ["-c", documents?.run("export AWS_PROFILE=local", "sh") ?? ""]);
    expect(out).toContain('"Arn": "arn:aws:iam::000000000000:user/test"');
    expect(out).toContain('"datastoreSummaries": []');
    expect(out).toContain("(ResourceNotFoundException)");
  });

  test.skipIf(!isBotoThere)("sends boto3 to the emulator", async () => {
    expect(await run("python3", ["-c", documents?.run("boto3.Session(profile_name", "python") ?? ""])).toBe(
      "000000000000\n[]\n",
    );
  });

  test("sends the JavaScript SDK to the emulator, with the preload", async () => {
    const env = { AWS_PROFILE: "local", NODE_OPTIONS: `--import=${REGISTER}` };
    expect(await run(process.execPath, ["--input-type=module", "--eval", PROGRAM], env)).toBe(
      "ResourceNotFoundException\n",
    );
  });

  test.skipIf(!isCliThere)("has a key that is medical_imaging: the AWS CLI ignores others", async () => {
    const file = join(home, "misspelt");
    // The port of the wrong key would answer.
    await writeFile(file, config.replace("medical_imaging", "medical-imaging"));
    const env = { AWS_PROFILE: "local", AWS_CONFIG_FILE: file, HTTPS_PROXY: "http://127.0.0.1:1" };
    const out = await run("aws", ["medical-imaging", "list-datastores", "--cli-connect-timeout", "2"], env);
    expect(out).toContain("proxy");
    const doctor = await run(process.execPath, [ENTRY, "doctor", "--endpoint", sandbox.emulator.url], env);
    expect(doctor).toMatch(
      /^problem +config file +.*medical-imaging, which no SDK reads\n +-> its name is medical_imaging$/m,
    );
  });

  test("is found by the doctor", async () => {
    const env = { AWS_PROFILE: "local" };
    const out = await run(process.execPath, [ENTRY, "doctor", "--endpoint", sandbox.emulator.url], env);
    expect(out).toMatch(/^ok +endpoints +medical_imaging of \[services healthimaging-local\]/m);
    expect(out).toMatch(/^ok +credentials +the profile local has credentials/m);
    expect(out).toMatch(/^ok +region +the region is us-east-1/m);
  });

  test.skipIf(!isCliThere || !isBotoThere)("stands in blocks that have all been run", () => {
    expect(documents?.notRun(import.meta.filename)).toEqual([]);
  });
});
