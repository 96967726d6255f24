import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import { ControlClient } from "../../src/index.ts";
import { ENTRY } from "../entry.ts";

const HELP = await readFile(resolve(import.meta.dirname, "../fixtures/0.1.0/public/help.txt"), "utf8");
const [SERVE = ""] = HELP.split(/(?=^ {2}healthimaging-local import )/m);

/** Each flag with a value that it takes. */
const FLAGS = {
  port: "0",
  host: "127.0.0.1",
  data: "data",
  seed: "my-dicom",
  throttling: "10x",
  quotas: "quotas.json",
  deny: "medical-imaging:Delete*",
  scenario: "import-partial",
  "scenario-seed": "7",
  cors: "http://app.example",
  account: "111122223333",
  region: "eu-west-1",
  "bucket-owner": "theirs=444455556666@eu-west-1",
  "s3-endpoint": "http://127.0.0.1:1",
  "log-level": "info",
  "log-format": "json",
};

interface Started {
  readonly control: ControlClient;
  readonly log: () => string;
}

async function start(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Started> {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  await mkdir(join(folder, "my-dicom"));
  for (const { name, bytes } of createSampleSeries(1)) await writeFile(join(folder, "my-dicom", name), bytes);
  await writeFile(join(folder, "quotas.json"), '{"Maximum data stores": 77}');
  const { PATH = "" } = process.env;
  const credentials = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
  const child = spawn(process.execPath, [ENTRY, ...args], {
    cwd: folder,
    env: { PATH, ...credentials, ...env },
  });
  const ended = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
    await rm(folder, { recursive: true });
  });
  const said: string[] = [];
  child.stderr.on("data", (data) => said.push(String(data)));
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^READY (http:\/\/\S+)$/.exec(line)?.[1];
    if (url !== undefined) return { control: new ControlClient(url), log: () => said.join("") };
  }
  throw new Error(`it ended before it was ready: ${said.join("")}`);
}

async function checkAllAreIn({ control, log }: Started): Promise<void> {
  const limits = await control.limits.get();
  expect(limits).toMatchObject({ deny: [FLAGS.deny], quotas: { "Maximum data stores": { value: 77 } } });
  expect(limits.throttling).toBe(10);
  expect(await control.scenarios.status("import-partial")).toMatchObject({ status: "active", seed: 7 });
  expect((await control.health()).status).toBe("ok");
  for (const line of log().trim().split("\n")) expect(JSON.parse(line)).toBeTypeOf("object");
}

test("serve takes each flag of 0.1.0's help", async () => {
  const args = Object.entries(FLAGS).flatMap(([flag, value]) => [`--${flag}`, value]);
  await checkAllAreIn(await start(["serve", ...args], {}));
});

test("serve takes each flag of 0.1.0's help as an environment variable, without the command's name", async () => {
  const env = Object.entries(FLAGS).map(([flag, value]) => [
    `HEALTHIMAGING_LOCAL_${flag.toUpperCase().replaceAll("-", "_")}`,
    value,
  ]);
  await checkAllAreIn(await start([], Object.fromEntries(env) as Record<string, string>));
});

test("the flags above are those of 0.1.0's help", () => {
  const flags = [...SERVE.matchAll(/^ {4}--([a-z0-9-]+) /gm)].map(([, flag]) => flag);
  expect(flags).toEqual(Object.keys(FLAGS));
});
