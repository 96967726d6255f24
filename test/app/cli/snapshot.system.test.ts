import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createActiveDatastore, openServer, type ServerSandbox } from "../../clients.ts";
import { startServer } from "../../crash/server.ts";
import { ENTRY } from "../../entry.ts";

let sandbox: ServerSandbox;
let folder: string;
beforeAll(async () => {
  sandbox = await openServer();
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  await createActiveDatastore(sandbox.medicalImaging, "kept");
});
afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function run(...args: readonly string[]): Promise<[code: number, said: string]> {
  const env = {
    PATH: process.env["PATH"] ?? "",
    HEALTHIMAGING_LOCAL_ENDPOINT: sandbox.emulator.url,
  };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [ENTRY, ...args], { env, cwd: folder });
    return [0, stdout];
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return [code, stderr];
  }
}

const ONE = /^saved demo {2}\S+Z {2}1 data store, 0 import jobs, 0 image sets\n$/;

test("snapshots are saved, listed, exported, removed, imported and restored in a line each", async () => {
  expect(await run("snapshot")).toEqual([0, "no snapshots\n"]);
  expect(await run("snapshot", "save", "demo")).toEqual([0, expect.stringMatching(ONE)]);
  expect(await run("snapshot", "save", "demo")).toEqual([
    1,
    expect.stringContaining("snapshot demo exists already"),
  ]);
  const [, list] = await run("snapshot", "list", "--json");
  expect(JSON.parse(list)).toMatchObject({ snapshots: [{ name: "demo", datastores: 1, buckets: null }] });
  expect(await run("snapshot", "export", "demo", "demo.tar.gz")).toMatchObject([0, expect.any(String)]);
  expect((await readFile(join(folder, "demo.tar.gz"))).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
  expect(await run("snapshot", "remove", "demo")).toEqual([0, "removed demo\n"]);
  expect(await run("snapshot", "restore", "demo")).toEqual([
    1,
    expect.stringContaining("no snapshot is named demo"),
  ]);
  expect(await run("snapshot", "import", "demo.tar.gz")).toMatchObject([0, expect.any(String)]);
  await sandbox.emulator.reset();
  expect(await run("snapshot", "restore", "demo")).toEqual([
    0,
    "restored demo: epoch 2 begins, 0 import jobs cancelled\n",
  ]);
});

test.each([
  [["snapshot", "save"], 2, "snapshot expects list"],
  [["snapshot", "list", "x"], 2, "snapshot expects list"],
  [["snapshot", "copy", "x"], 2, "snapshot expects list"],
  [["snapshot", "restore", "x", "--buckets"], 2, "snapshot restore does not accept --buckets"],
  [["snapshot", "import", "nowhere.tar.gz"], 2, "nowhere.tar.gz cannot be read: ENOENT"],
  [["snapshot", "import", "no-snapshot", "--name", "x"], 1, "the file is not a valid snapshot"],
  [["--port", "0", "--seed", "no-snapshot"], 2, "no-snapshot: the file is not a valid snapshot"],
  [["--port", "0", "--seed", "no-snapshot"], 2, "use the folder that contains them"],
])("the command %j ends with code %i and one clear line", async (args, code, says) => {
  await writeFile(join(folder, "no-snapshot"), "hello");
  expect(await run(...args)).toEqual([code, expect.stringContaining(says)]);
});

test("a server begins with a snapshot's file, once for a data folder", async () => {
  const file = join(folder, "seed.tar.gz");
  const { snapshots } = sandbox.emulator.control;
  await snapshots.save("seed");
  await writeFile(file, await snapshots.export("seed"));
  const look = async (): Promise<unknown> => {
    const server = await startServer(join(folder, "data"), "--seed", file);
    const found = await (await fetch(`${server.url}/datastore`)).json();
    await server.kill();
    return found;
  };
  const first = await look();
  expect(first).toMatchObject({ datastoreSummaries: [{ datastoreName: "kept" }] });
  expect(await look()).toEqual(first);
});
