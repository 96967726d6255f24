import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEmulator, type EmulatorServer } from "../../../../src/index.ts";
import { createSampleSeries } from "../../../../src/local/sdk/import/sample-series.ts";
import { ENTRY } from "../../../entry.ts";

let folder: string;
let current: EmulatorServer;
let datastoreId: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-ohif-"));
  await mkdir(join(folder, "dicom"));
  for (const { name, bytes } of createSampleSeries(1)) await writeFile(join(folder, "dicom", name), bytes);
  current = await startEmulator({ serviceRelease: "2026-06" });
  ({ datastoreId } = await current.control.importFolder(join(folder, "dicom")));
});
afterAll(async () => {
  await current.close();
  await rm(folder, { recursive: true });
});

/** A project whose node_modules has a package of that release, with an app of two files. */
async function projectWith(version: string): Promise<string> {
  const project = await mkdtemp(join(folder, "project-"));
  const installed = join(project, "node_modules/@ohif/app");
  await mkdir(join(installed, "dist"), { recursive: true });
  await writeFile(join(installed, "package.json"), JSON.stringify({ name: "@ohif/app", version }));
  await writeFile(join(installed, "dist/index.html"), "<title>the app</title>");
  await writeFile(join(installed, "dist/app.js"), "run();");
  return project;
}

interface Run {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

function start(args: readonly string[], { cwd = folder, env = {} }: Run = {}): ChildProcess {
  const { PATH = "" } = process.env;
  return spawn(process.execPath, [ENTRY, "ohif", "--port", "0", ...args], {
    cwd,
    env: { PATH, HOME: folder, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** What it prints first on its standard output; nothing where it ends. */
async function firstLineOf({ stdout }: ChildProcess): Promise<string> {
  for await (const chunk of stdout?.setEncoding("utf8") ?? []) return String(chunk);
  return "";
}

/** Of one that does not start. */
async function failure(args: readonly string[], options?: Run): Promise<{ code: unknown; said: string }> {
  const child = start(args, options);
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => void (said += chunk));
  const [code] = await once(child, "close");
  return { code, said };
}

describe("ohif with a package in node_modules", () => {
  let child: ChildProcess;
  let link: string;

  beforeAll(async () => {
    child = start(["--endpoint", current.url], { cwd: await projectWith("3.13.9") });
    const said = await firstLineOf(child);
    expect(said).toMatch(/^READY http:\/\/127\.0\.0\.1:\d+\/\S*\n$/);
    link = said.replace("READY ", "").trim();
  });
  afterAll(async () => {
    child.kill("SIGINT");
    await once(child, "exit");
    expect(child.exitCode).toBe(0);
  });

  const get = (path: string, method = "GET"): Promise<Response> => fetch(new URL(path, link), { method });

  test.each([
    ["/", 200, "text/html; charset=utf-8", "<title>the app</title>"],
    ["/?datasources=stored", 200, "text/html; charset=utf-8", "<title>the app</title>"],
    ["/viewer/stored?StudyInstanceUIDs=1.2.3", 200, "text/html; charset=utf-8", "<title>the app</title>"],
    ["/app.js", 200, "text/javascript; charset=utf-8", "run();"],
    ["/missing.js", 404, "text/javascript; charset=utf-8", ""],
    ["/..%2fpackage.json", 404, "application/json", ""],
    ["/init-service-worker.js", 200, "text/javascript; charset=utf-8", ""],
  ])("answers %s with %i", async (path, status, type, body) => {
    const answer = await get(path);
    expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([
      status,
      type,
      body,
    ]);
  });

  test("answers HEAD without a body, and no other method", async () => {
    expect((await get("/app.js", "HEAD")).status).toBe(200);
    expect((await get("/app.js", "POST")).status).toBe(405);
  });

  test("lets the page connect to the emulator and to nothing else", async () => {
    const policy = (await get("/")).headers.get("content-security-policy");
    expect(policy).toContain(`connect-src 'self' data: blob: ${current.url}`);
    expect(policy).not.toContain("*");
  });

  test("configures the data store, twice", async () => {
    const config = await (await get("/app-config.js")).text();
    const root = `${current.url}/datastore/${datastoreId}`;
    expect(config.split(`"wadoRoot": "${root}"`)).toHaveLength(3);
    const studies = await fetch(`${root}/studies`, { headers: { origin: new URL(link).origin } });
    expect([studies.status, studies.headers.get("access-control-allow-origin")]).toEqual([200, "*"]);
  });
});

describe("ohif says what is wrong", () => {
  test("where no emulator answers", async () => {
    const { code, said } = await failure(["--endpoint", "http://127.0.0.1:9"]);
    expect([code, said]).toEqual([2, expect.stringContaining("no emulator answers at http://127.0.0.1:9")]);
  });

  test("where the release has no DICOMweb, and not with --dicomweb", async () => {
    await using plain = await startEmulator();
    await plain.control.importFolder(join(folder, "dicom"));
    const { code, said } = await failure(["--endpoint", plain.url]);
    expect(code).toBe(2);
    expect(said).toContain("start it with --service-release latest, or with --dicomweb");
  });

  test.each([
    [["--datastore", "other"], "no active data store other, but"],
    [["--study", "1.2.3"], "has no study 1.2.3 that a viewer can find"],
    [["--study", "x"], "--study expects a StudyInstanceUID"],
  ])("for %j", async (args, message) => {
    const { code, said } = await failure([...args, "--endpoint", current.url]);
    expect([code, said]).toEqual([2, expect.stringContaining(message)]);
  });

  test("where there is no data store, and where there are several", async () => {
    await using empty = await startEmulator({ serviceRelease: "2026-06" });
    expect((await failure(["--endpoint", empty.url])).said).toContain(
      "the emulator has no active data store: start it with --seed DIR",
    );
    await empty.control.importFolder(join(folder, "dicom"), { datastore: "one" });
    await empty.control.importFolder(join(folder, "dicom"), { datastore: "two" });
    expect((await failure(["--endpoint", empty.url])).said).toMatch(
      /there are 2 data stores: name one with --datastore: (?:one, two|two, one)/,
    );
  });

  test("where npm is missing", async () => {
    const env = { PATH: dirname(folder) };
    const { code, said } = await failure(["--endpoint", current.url], { env });
    expect([code, said]).toEqual([
      2,
      expect.stringContaining("npm is not found, which fetches @ohif/app@3.13"),
    ]);
  });

  test("where there is no network, of an older package in node_modules too", async () => {
    const env = {
      npm_config_registry: "http://127.0.0.1:9",
      npm_config_cache: join(folder, "npm"),
      npm_config_fetch_retries: "0",
    };
    const { code, said } = await failure(["--endpoint", current.url], {
      env,
      cwd: await projectWith("3.12.1"),
    });
    expect(code).toBe(2);
    expect(said).toContain("OHIF 3.12.1 of node_modules is not used");
    expect(said).toMatch(/npm cannot fetch @ohif\/app@3\.13, as there is no network \(ECONNREFUSED\)/);
  });
});
