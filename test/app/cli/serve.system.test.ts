import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, test } from "vitest";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { ENTRY } from "../../entry.ts";
import { scaled } from "../../setup/timeouts.ts";

const PACKAGE = resolve(import.meta.dirname, "../../../package.json");

const children: ChildProcess[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  folders.push(folder);
  return folder;
}

interface Run {
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
  readonly cwd?: string;
}

function run({ args = [], env = {}, cwd }: Run): ChildProcess {
  const { PATH = "", TMPDIR = "" } = process.env;
  const child = spawn(process.execPath, [ENTRY, ...args], {
    cwd,
    env: { PATH, ...(TMPDIR === "" ? {} : { TMPDIR }), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  return child;
}

/** Answers the endpoint of the READY line. */
async function ready({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error("no output");
  for await (const line of createInterface({ input: stdout })) {
    const url = /^READY (http:\/\/\S+)$/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error("the process ended before it was ready");
}

/** The exit code and what was said on standard error. */
async function failed(options: Run): Promise<[code: number | null, said: string]> {
  const child = run(options);
  const [said, [code]] = await Promise.all([
    child.stderr === null ? "" : text(child.stderr),
    once(child, "exit"),
  ]);
  return [code as number | null, said];
}

const oneLine = expect.stringMatching(/^healthimaging-local: [^\n]+\n$/);

describe("the server process", () => {
  test("prints READY with its address and ends within a second of SIGTERM, cleanly", async () => {
    const child = run({ args: ["--port", "0"] });
    const url = await ready(child);
    expect((await fetch(`${url}/_local/health`)).status).toBe(200);
    const started = performance.now();
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(performance.now() - started).toBeLessThan(scaled(1_000));
  });

  test("warns of a mistyped variable before anything else, and starts without it", async () => {
    const child = run({ args: ["--port", "0"], env: { HEALTHIMAGING_LOCAL_PROT: "4471" } });
    const said = child.stderr === null ? Promise.resolve("") : text(child.stderr);
    expect((await fetch(`${await ready(child)}/_local/health`)).status).toBe(200);
    child.kill("SIGTERM");
    expect(await said).toMatch(
      /^\S+ {2}warning: HEALTHIMAGING_LOCAL_PROT is not a setting and is ignored: did you mean HEALTHIMAGING_LOCAL_PORT\?\nhealthimaging-local /,
    );
  });

  test("says on standard error what it is, and on standard output READY alone", async () => {
    const child = run({ args: ["--port", "0", "--throttling", "off"] });
    const { stdout, stderr } = child;
    if (stdout === null || stderr === null) throw new Error("no output");
    const said = Promise.all([text(stdout), text(stderr)]);
    await once(stdout, "data");
    child.kill("SIGTERM");
    const [output, error] = await said;
    expect(output).toMatch(/^READY http:\/\/127\.0\.0\.1:\d+\n$/);
    expect(error.split("\n")).toEqual([
      expect.stringMatching(/^healthimaging-local \d+\.\d+\.\d+ at http:\/\/127\.0\.0\.1:\d+$/),
      expect.stringMatching(/^ {2}data {8}in memory/),
      "  release     2024-05 of AWS HealthImaging: --service-release 2026-06 serves a newer one",
      "  throttling  off",
      expect.stringMatching(/^ {2}docs {8}README\.md/),
      "",
    ]);
  });

  test("leaves no temporary folder behind", async () => {
    const TMPDIR = await temporary();
    const child = run({ args: ["--port", "0"], env: { TMPDIR } });
    await ready(child);
    expect(await readdir(TMPDIR)).toHaveLength(1);
    child.kill("SIGINT");
    await once(child, "exit");
    expect(await readdir(TMPDIR)).toEqual([]);
  });

  test("ends when npm ends, whose shell forwards no signal", async () => {
    const npm = { npm_package_json: PACKAGE, npm_package_name: "healthimaging-local" };
    const env = { PATH: process.env["PATH"] ?? "", ...npm };
    const shell = spawn("sh", ["-c", `"${process.execPath}" "${ENTRY}" --port 0; true`], {
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(shell);
    const url = await ready(shell);
    shell.kill("SIGTERM");
    const answers = (): Promise<boolean> =>
      fetch(`${url}/_local/health`).then(
        () => true,
        () => false,
      );
    await expect.poll(answers).toBe(false);
  });

  test("ends while a client holds a half-sent request open", async () => {
    const child = run({ args: ["--port", "0"] });
    const url = await ready(child);
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode("{")),
    });
    const hanging = fetch(`${url}/datastore`, { method: "POST", body, duplex: "half" }).catch(() => "cut");
    await fetch(`${url}/_local/health`);
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(await hanging).toBe("cut");
  });

  test("takes settings from flags, then from the environment, and never from AWS_ENDPOINT_URL", async () => {
    const env = {
      HEALTHIMAGING_LOCAL_PORT: "not a port",
      HEALTHIMAGING_LOCAL_THROTTLING: "off",
      AWS_ENDPOINT_URL: "http://127.0.0.1:9",
    };
    const url = await ready(run({ args: ["--port", "0", "--host", "127.0.0.1"], env }));
    const { throttling } = (await (await fetch(`${url}/_local/limits`)).json()) as { throttling: unknown };
    expect(throttling).toBe("off");
  });

  test("throttles like AWS by default", async () => {
    const url = await ready(run({ args: ["--port", "0"] }));
    const create = async (clientToken: string): Promise<number> =>
      (await fetch(`${url}/datastore`, { method: "POST", body: JSON.stringify({ clientToken }) })).status;
    expect([await create("a"), await create("b")]).toEqual([200, 429]);
  });

  test("takes limits from flags and from files, which are relative to the working directory", async () => {
    const cwd = await temporary();
    const limits = { CreateDatastore: { rate: 1, burst: 7 } };
    await writeFile(join(cwd, "throttles.json"), JSON.stringify({ limits }));
    await writeFile(join(cwd, "quotas.json"), JSON.stringify({ "Maximum data stores": 3 }));
    const args = ["--port", "0", "--throttling", "throttles.json", "--quotas", "quotas.json"];
    const env = { HEALTHIMAGING_LOCAL_DENY: "medical-imaging:Get*, KEY=medical-imaging:*" };
    const url = await ready(run({ args, env, cwd }));
    expect(await (await fetch(`${url}/_local/limits`)).json()).toMatchObject({
      throttling: { limits },
      quotas: { "Maximum data stores": { value: 3 } },
      deny: ["medical-imaging:Get*", "KEY=medical-imaging:*"],
    });
    const tenfold = await ready(run({ args: ["--port", "0", "--throttling", "10x"] }));
    expect(await (await fetch(`${tenfold}/_local/limits`)).json()).toMatchObject({ throttling: 10 });
  });

  test("assigns unsigned requests to --account and --region", async () => {
    const env = { HEALTHIMAGING_LOCAL_ACCOUNT: "123456789012" };
    const url = await ready(run({ args: ["--port", "0", "--region", "cn-north-1"], env }));
    const created = await fetch(`${url}/datastore`, { method: "POST", body: '{"clientToken":"t"}' });
    const { datastoreId } = (await created.json()) as { datastoreId: string };
    expect(await (await fetch(`${url}/datastore/${datastoreId}`)).json()).toMatchObject({
      datastoreProperties: {
        datastoreArn: `arn:aws-cn:medical-imaging:cn-north-1:123456789012:datastore/${datastoreId}`,
      },
    });
  });

  test("keeps everything in --data, which is relative to the working directory", async () => {
    const home = await temporary();
    const npm = { npm_package_json: PACKAGE, npm_package_name: "healthimaging-local", INIT_CWD: home };
    const start = { args: ["--port", "0", "--data", "kept"], env: npm, cwd: resolve(PACKAGE, "..") };
    const first = run(start);
    const created = await fetch(`${await ready(first)}/datastore`, {
      method: "POST",
      body: '{"clientToken":"t","datastoreName":"kept"}',
    });
    const { datastoreId } = (await created.json()) as { datastoreId: string };
    first.kill("SIGTERM");
    await once(first, "exit");
    expect(existsSync(join(home, "kept", "datastores", datastoreId, "datastore.json"))).toBe(true);
    const url = await ready(run(start));
    expect(await (await fetch(`${url}/datastore/${datastoreId}`)).json()).toMatchObject({
      datastoreProperties: { datastoreName: "kept" },
    });
  });
});

describe("--seed", () => {
  test("imports a folder before READY, once for a data folder", async () => {
    const [seed, data] = [await temporary(), await temporary()];
    for (const { name, bytes } of createSampleSeries(2)) await writeFile(join(seed, name), bytes);
    await writeFile(join(seed, "DOE^JANE.txt"), "no DICOM");
    await symlink("loop.dcm", join(seed, "loop.dcm"));
    await symlink("nowhere", join(seed, "gone.dcm"));
    const said: string[] = [];
    const list = async (): Promise<unknown> => {
      const child = run({ args: ["--port", "0", "--data", data], env: { HEALTHIMAGING_LOCAL_SEED: seed } });
      child.stderr?.on("data", (chunk) => said.push(String(chunk)));
      const url = await ready(child);
      const listed = await (await fetch(`${url}/datastore`)).json();
      const { datastoreSummaries } = listed as { datastoreSummaries: { datastoreId: string }[] };
      const search = `${url}/datastore/${datastoreSummaries[0]?.datastoreId}/searchImageSets`;
      const found = await (await fetch(search, { method: "POST", body: "{}" })).json();
      child.kill("SIGTERM");
      await once(child, "exit");
      return [datastoreSummaries, found];
    };
    const first = await list();
    expect(said.join("")).toMatch(/seed: 1 file is not imported: .+; failure\.ndjson of job \w+ names it\b/);
    expect(said.join("")).toContain(
      "seed: loop.dcm is not imported: the file cannot be read: a link leads in a loop (ELOOP)",
    );
    expect(said.join("")).toContain("seed: gone.dcm is not imported: the file cannot be read (ENOENT)");
    expect(said.join("")).not.toContain("JANE");
    expect(first).toMatchObject([[{ datastoreName: basename(seed) }], { imageSetsMetadataSummaries: [{}] }]);
    expect(await list()).toEqual(first);
  });

  test("is refused with one clear line for a path that is not a folder or a folder without files", async () => {
    const empty = await temporary();
    const none = join(empty, "none");
    expect(await failed({ args: ["--port", "0", "--seed", none] })).toEqual([
      2,
      `healthimaging-local: --seed: ${none} does not exist\n`,
    ]);
    expect(await failed({ args: ["--port", "0", "--seed", empty] })).toEqual([1, oneLine]);
    await symlink(none, none);
    expect(await failed({ args: ["--port", "0", "--seed", none] })).toEqual([
      2,
      `healthimaging-local: --seed: ${none} cannot be read: a link leads in a loop (ELOOP)\n`,
    ]);
  });
});

describe("the server ends with one clear line and a non-zero code because", () => {
  test("the port is in use", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const { port } = holder.address() as { port: number };
    const [code, said] = await failed({ args: ["--port", String(port)] });
    holder.close();
    expect([code, said]).toEqual([2, oneLine]);
    const name =
      process.platform === "linux"
        ? `${basename(process.execPath)}.* \\(process ${process.pid}\\)`
        : "another program";
    expect(said).toMatch(
      new RegExp(`: port ${port} is in use by ${name}: stop it, or choose another port with --port\n$`),
    );
  });

  test("the port is in use by another emulator, whose version it names", async () => {
    const holder = run({ args: ["--port", "0"] });
    const { port } = new URL(await ready(holder));
    const [code, said] = await failed({ args: ["--port", port] });
    expect([code, said]).toEqual([2, oneLine]);
    const holderId = process.platform === "linux" ? ` \\(process ${holder.pid}\\)` : "";
    expect(said).toMatch(
      new RegExp(
        `: port ${port} is in use by healthimaging-local \\d+\\.\\d+\\.\\d+\\S*${holderId}: use that one, stop it, or`,
      ),
    );
  });

  test("another process holds the data folder, until that process ends in any way", async () => {
    const data = await temporary();
    const holder = run({ args: ["--port", "0", "--data", data] });
    await ready(holder);
    const [code, said] = await failed({ args: ["--port", "0", "--data", data] });
    expect([code, said]).toEqual([1, oneLine]);
    expect(said).toContain(`the folder ${data} is in use by another process`);
    holder.kill("SIGKILL");
    await once(holder, "exit");
    expect(await ready(run({ args: ["--port", "0", "--data", data] }))).toContain("http://");
  });

  test("the data folder is of a newer version", async () => {
    const data = await temporary();
    await writeFile(join(data, "format.json"), '{ "version": 99 }');
    const [code, said] = await failed({ args: ["--port", "0", "--data", data] });
    expect([code, said]).toEqual([2, oneLine]);
    expect(said).toContain(`the data folder ${data} has format 99`);
    expect(await readdir(data)).toEqual(["format.json"]);
  });

  test("the data folder is of another service release", async () => {
    const data = await temporary();
    const child = run({ args: ["--port", "0", "--data", data] });
    await ready(child);
    child.kill("SIGTERM");
    await once(child, "exit");
    const [code, said] = await failed({
      args: ["--port", "0", "--data", data],
      env: { HEALTHIMAGING_LOCAL_SERVICE_RELEASE: "latest" },
    });
    expect([code, said]).toEqual([2, oneLine]);
    expect(said).toContain(`the data folder ${data} was made with service release 2024-05`);
  });

  test("the data folder cannot be created", async () => {
    const file = join(await temporary(), "file");
    await writeFile(file, "");
    for (const data of [file, join(file, "below")]) {
      const [code, said] = await failed({ args: ["--port", "0", "--data", data] });
      expect([code, said]).toEqual([2, oneLine]);
      expect(said).toContain(`the data folder cannot be created: ${file} is not a folder`);
    }
  });

  test("an obstacle lies in the data folder, which the line names", async () => {
    const data = await temporary();
    await mkdir(join(data, "format.json"));
    await symlink("snapshots", join(data, "snapshots"));
    const [code, said] = await failed({ args: ["--port", "0", "--data", data] });
    expect([code, said]).toEqual([2, oneLine]);
    expect(said).toContain(`${join(data, "format.json")} is a folder, not a file`);
    await rm(join(data, "format.json"), { recursive: true });
    const [, next] = await failed({ args: ["--port", "0", "--data", data] });
    expect(next).toContain(`${join(data, "snapshots")} is a link: replace it with the folder itself`);
  });

  test.each([
    ["the address is not one of this machine", "203.0.113.7", "this machine does not have the address"],
    ["the name has no address", "nowhere.invalid", "no address is found for the name"],
  ])("%s", async (_, host, reason) => {
    const [code, said] = await failed({ args: ["--port", "0", "--host", host] });
    expect([code, said]).toEqual([2, oneLine]);
    expect(said).toContain(`cannot listen on ${host}: ${reason} (E`);
    expect(said).toContain("Give --host an address of this machine, or leave it out for localhost");
  });

  test("a flag is unknown", async () => {
    const [code, said] = await failed({ args: ["--prot", "1"] });
    expect([code, said]).toEqual([2, oneLine]);
    expect(said).toContain("--prot");
  });
});

test("an import prints why it waits, and that its emulator has ended", async () => {
  let listed = 0;
  const fake = createHttpServer((request, response) => {
    if (request.url?.startsWith("/_local/")) response.end('{"version":"0.2.0","parts":{}}');
    else if (++listed > 1) request.socket.destroy();
    else response.writeHead(429, { "x-amzn-errortype": "ThrottlingException" }).end("{}");
  });
  const folder = await temporary();
  await writeFile(join(folder, "a.dcm"), "a");
  fake.listen(0, "127.0.0.1");
  await once(fake, "listening");
  const { port } = fake.address() as { port: number };
  const endpoint = `http://127.0.0.1:${port}`;
  const ended = await failed({ args: ["import", folder, "--datastore", "x", "--endpoint", endpoint] });
  fake.close();
  expect(ended).toEqual([
    1,
    `throttled, as on AWS: trying again until the call passes\nhealthimaging-local: the emulator at ${endpoint} ended during the import\n`,
  ]);
});

test.each(["help", "--help", "import --help", "version", "--version"])(
  "%s is answered on standard output, and the command ends with 0",
  async (line) => {
    const child = run({ args: line.split(" ") });
    const [said, [code]] = await Promise.all([
      child.stdout === null ? "" : text(child.stdout),
      once(child, "exit"),
    ]);
    expect(code).toBe(0);
    expect(said).toMatch(line.endsWith("version") ? /^\d+\.\d+\.\d+\n$/ : /--datastore NAME/);
  },
);

test("a Node.js version that is too old gets one clear line", async () => {
  // The check is the entry's own first act: run it as if by that version.
  const pretend = `Object.defineProperty(process.versions, "node", { value: "20.11.1" }); await import(${JSON.stringify(ENTRY)});`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", pretend], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  const message = "healthimaging-local needs Node.js 22.22 or newer, found 20.11.1. ";
  expect([code, said]).toEqual([1, expect.stringContaining(message)]);
});
