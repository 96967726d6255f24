import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEmulator, type EmulatorServer } from "../../../src/index.ts";
import { ENTRY } from "../../entry.ts";

const execute = promisify(execFile);

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line, as a shell would run it. */
async function run(args: readonly string[], env: Record<string, string> = {}, cwd?: string): Promise<Ended> {
  const { PATH = "" } = process.env;
  try {
    const done = await execute(process.execPath, [ENTRY, ...args], { env: { PATH, ...env }, cwd });
    return { code: 0, ...done };
  } catch (error) {
    return error as Ended;
  }
}

let emulator: EmulatorServer;
let folder: string;
beforeAll(async () => {
  emulator = await startEmulator();
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
});
afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});
const here = (): Record<string, string> => ({ HEALTHIMAGING_LOCAL_ENDPOINT: emulator.url });

describe("the command line for a running emulator", () => {
  test("resets it, and prints one line, or JSON with --json", async () => {
    const line = await run(["reset", "--endpoint", emulator.url]);
    expect([line.code, line.stdout, line.stderr]).toEqual([
      0,
      "reset: epoch 1 begins, 0 import jobs cancelled\n",
      "",
    ]);
    const json = await run(["reset", "--account", "111122223333", "--json"], here());
    expect(JSON.parse(json.stdout)).toEqual({
      epoch: 1,
      cancelledJobs: 0,
      account: "111122223333",
      datastores: 0,
    });
    const buckets = await run(["reset", "--buckets"], here());
    expect(buckets.stdout).toBe("reset: epoch 2 begins, 0 import jobs cancelled, 0 buckets removed\n");
  });

  test("prints and changes the limits", async () => {
    await writeFile(join(folder, "quotas.json"), '{"Maximum data stores": 77}');
    const args = [
      "limits",
      "--throttling",
      "2x",
      "--quotas",
      "quotas.json",
      "--deny",
      "medical-imaging:TagResource",
    ];
    const changed = await run(args, here(), folder);
    expect(changed.code).toBe(0);
    const { stdout } = await run(["limits"], here());
    expect(stdout).toBe(changed.stdout);
    expect(stdout).toMatch(/^throttling {2}2x\n/);
    expect(stdout).toMatch(/\n {2}CreateDatastore +0\.17\/s +bursts of 2\n/);
    expect(stdout).toMatch(/\n {2}Maximum data stores +77\n/);
    expect(stdout).toMatch(/\ndenied {2}medical-imaging:TagResource\n$/);
    expect((await run(["limits", "--deny", "none", "--throttling", "off"], here())).stdout).toMatch(
      /denied {2}nothing\n$/,
    );
  });

  test("prints the health of the emulator", async () => {
    const { code, stdout } = await run(["health"], here());
    expect([code, stdout.split("\n").length]).toEqual([0, 6]);
    expect(stdout).toMatch(/^ok {2}\d+\.\d+\.\d+\n {2}state +ok +\d+ data stores\n/);
  });

  test("ends with code 1 and one line when the emulator refuses, also with JSON output", async () => {
    const resource = `imageSet/${"0".repeat(32)}`;
    const { code, stdout, stderr } = await run(["status", resource, "--json"], here());
    expect([code, stderr]).toEqual([1, `healthimaging-local: ${resource} does not exist\n`]);
    expect(JSON.parse(stdout)).toEqual({ httpStatus: 404, message: `${resource} does not exist` });
  });

  test("ends with code 1 and one line for each of the 30 problems of a scenario", async () => {
    const rules = Array.from(
      { length: 30 },
      (_, i) => `  - { id: r${i}, match: { op: GetFrame }, effects: [] }`,
    );
    await writeFile(join(folder, "long.yaml"), ["rules:", ...rules].join("\n"));
    const { code, stderr } = await run(["scenario", "validate", "long.yaml"], here(), folder);
    expect([code, stderr.trimEnd().split("\n").length]).toEqual([1, 30]);
  });

  test("ends with code 2 and one line for an unknown verb", async () => {
    const { code, stdout, stderr } = await run(["restart"], here());
    expect([code, stdout, stderr.split("\n").length]).toEqual([2, "", 2]);
    expect(stderr).toContain(
      "unknown command restart. Expected one of serve, import, env, hosts, doctor, demo, health, clock",
    );
  });

  test("ends with code 2 and one line when no emulator listens at the endpoint", async () => {
    const gone = await startEmulator();
    await gone.close();
    const { code, stdout, stderr } = await run(["reset", "--endpoint", gone.url]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toBe(
      `healthimaging-local: no emulator answers at ${gone.url}: start one with npx healthimaging-local, or name its address with --endpoint\n`,
    );
  });

  test.each([
    ["report", []],
    ["import", [".", "--datastore", "x"]],
  ])("ends with code 2 and the address without its path for %s below a path", async (command, rest) => {
    const { code, stdout, stderr } = await run([command, ...rest, "--endpoint", `${emulator.url}/x`]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toBe(
      `healthimaging-local: no emulator answers below the path of ${emulator.url}/x (HTTP 404): name its address without a path, such as --endpoint ${emulator.url}\n`,
    );
  });

  test("names another program that listens at the endpoint, without its answer", async () => {
    const server = createServer((_, response) => response.writeHead(404).end("<html>\n<body>"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const { code, stderr } = await run(["reset", "--endpoint", `http://127.0.0.1:${port}`]);
    server.close();
    expect([code, stderr]).toEqual([
      2,
      `healthimaging-local: another program answers at http://127.0.0.1:${port} (HTTP 404): name the address of the READY line with --endpoint\n`,
    ]);
  });
});

/** A server of a process of its own, on a data folder. */
async function serve(data: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [ENTRY, "--port", "0", "--data", data, "--throttling", "off"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith("READY ")) return { child, url: line.slice("READY ".length) };
  }
  throw new Error("the server ended before it was ready");
}

async function kill({ child }: { child: ChildProcess }): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

const create = async (url: string, key: string): Promise<void> => {
  const body = JSON.stringify({ clientToken: crypto.randomUUID() });
  const authorization = `AWS4-HMAC-SHA256 Credential=${key}/20240501/us-east-1/medical-imaging/aws4_request, SignedHeaders=host, Signature=none`;
  const response = await fetch(`${url}/datastore`, { method: "POST", body, headers: { authorization } });
  if (!response.ok) throw new Error(await response.text());
};
const datastoresAt = async (url: string): Promise<unknown> =>
  ((await (await fetch(`${url}/_local/health`)).json()) as { parts: { state: { detail: string } } }).parts
    .state.detail;

describe("a process that is killed right after an answered reset", () => {
  test("has no data from before the reset after a restart", async () => {
    const data = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
    let server = await serve(data);
    for (let turn = 0; turn < 3; turn++) {
      await Promise.all(Array.from({ length: 8 }, () => create(server.url, "test")));
      expect(await datastoresAt(server.url)).toBe("8 data stores");
      await fetch(`${server.url}/_local/reset`, { method: "POST", body: "{}" });
      await kill(server);
      server = await serve(data);
      expect(await datastoresAt(server.url)).toBe("0 data stores");
    }
    await kill(server);
    await rm(data, { recursive: true });
  });

  test("keeps the data of other accounts after a reset of one account", async () => {
    const data = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
    const before = await serve(data);
    for (let turn = 0; turn < 5; turn++) {
      await create(before.url, "111122223333");
      await create(before.url, "444455556666");
    }
    await fetch(`${before.url}/_local/reset`, { method: "POST", body: '{"account": "111122223333"}' });
    await kill(before);
    const after = await serve(data);
    expect(await datastoresAt(after.url)).toBe("5 data stores");
    await kill(after);
    await rm(data, { recursive: true });
  });
});
