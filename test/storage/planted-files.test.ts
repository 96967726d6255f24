import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { frameKey } from "../../src/domain/blobs.ts";
import { FrameSpool } from "../../src/importer/workers/frame-spool.ts";
import { UploadArea } from "../../src/aws/s3/upload-area.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { datastore } from "./documents.ts";

const LOG = { info: () => {}, warn: () => {}, error: () => {} };
const ID = "a".repeat(32);

let root: string;
let data: string;
let victim: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  [data, victim] = [join(root, "data"), join(root, "victim")];
  await mkdir(data);
  await writeFile(victim, "precious");
});
afterEach(() => rm(root, { recursive: true }));

/** Entries that a foreign process can put in place of a file that is about to be written. */
const PLANTS: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
  "a link to a file outside": (path) => symlink(victim, path),
  "a link to a file outside that does not exist": (path) => symlink(join(root, "absent"), path),
  "a FIFO": async (path) => execFileSync("mkfifo", [path]),
};

async function plant(make: (path: string) => Promise<unknown>, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  await make(path);
}

async function expectUntouched(): Promise<void> {
  expect(await readFile(victim, "utf8")).toBe("precious");
  expect((await readdir(root)).toSorted()).toEqual(["data", "victim"]);
}

// Windows has no FIFOs in folders, and only its administrators make links.
describe.skipIf(process.platform === "win32").each(Object.entries(PLANTS))("%s", (_, make) => {
  test("in the place of the start's temporary files is neither followed nor waited for", async () => {
    for (const name of ["..probe.tmp", ".format.json.tmp", ".README.md.tmp", ".probe", ".lock"])
      await plant(make, join(data, name));
    await (await openStorage(data, LOG)).close();
    await expectUntouched();
    const names = (await readdir(data)).filter((name) => name !== ".clean");
    expect(names.toSorted()).toEqual([".spool", "README.md", "format.json"]);
  });

  test("in the place of a reset's temporary file is neither followed nor waited for", async () => {
    const storage = await openStorage(data, LOG);
    await plant(make, join(data, ".format.json.tmp"));
    expect(storage.beginGeneration().number).toBe(1);
    await storage.close();
    await expectUntouched();
  });

  test("in the place of a document's or blob's temporary file is neither followed nor waited for", async () => {
    const storage = await openStorage(data, LOG);
    const { state, blobs } = storage.generation;
    const key = frameKey(ID, ID);
    for (const path of [`datastores/${ID}/datastore.json`, key])
      await plant(make, join(data, dirname(path), `.${basename(path)}.tmp`));
    state.update(({ datastores }) => datastores.put(datastore(ID)));
    await Promise.all([state.durable(), blobs.write(key, new Uint8Array([1]))]);
    await storage.close();
    await expectUntouched();
    expect([...(await readFile(join(data, key)))]).toEqual([1]);
  });

  test("in the place of the folder's README stays as it is", async () => {
    if (make === PLANTS["a FIFO"]) return;
    await plant(make, join(data, "README.md"));
    await (await openStorage(data, LOG)).close();
    await expectUntouched();
  });

  test("in the place of an encoded frame is neither followed nor waited for", async () => {
    await plant(make, join(data, "frames-1"));
    new FrameSpool({ spoolFolder: data, spoolName: "frames" }).put(new Uint8Array([1]));
    await expectUntouched();
    expect([...(await readFile(join(data, "frames-1")))]).toEqual([1]);
  });

  test("in the place of the folder of uploads is replaced", async () => {
    await plant(make, join(data, ".uploads"));
    await new UploadArea(join(data, ".uploads")).receive([new Uint8Array([1])]);
    await expectUntouched();
  });
});
