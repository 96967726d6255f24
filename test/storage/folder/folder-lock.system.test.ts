import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { lstat, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FolderInUse, lockFolder } from "../../../src/storage/folder/folder-lock.ts";

const LOCK = resolve(import.meta.dirname, "../../../src/storage/folder/folder-lock.ts");
const HOLD = `
  const { lockFolder } = await import(${JSON.stringify(LOCK)});
  const said = await lockFolder(process.argv[1]).then(() => "held", (error) => error.constructor.name);
  console.log(said, process.pid);
  setInterval(() => {}, 1000);
`;

let folder: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
  await rm(folder, { recursive: true });
});

/** A process that holds the folder, or says that it cannot, and its number as it sees it. */
async function holder(command: readonly string[] = []): Promise<{ child: ChildProcess; said: string }> {
  const node = [process.execPath, "--input-type=module", "-e", HOLD, folder];
  const [file = "", ...args] = [...command, ...node];
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  if (child.stdout === null) throw new Error("no output");
  for await (const line of createInterface({ input: child.stdout })) return { child, said: line };
  throw new Error("the process ended before it said anything");
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

test("a data folder, reached by any path, belongs to one process until that process releases it", async () => {
  const link = `${folder}-link`;
  await symlink(folder, link);
  const letGo = await lockFolder(folder);
  await expect(lockFolder(folder)).rejects.toBeInstanceOf(FolderInUse);
  await expect(lockFolder(link)).rejects.toBeInstanceOf(FolderInUse);
  await rm(link);
  await letGo();
  await (
    await lockFolder(folder)
  )();
});

test("only one of many processes that start at once gets the data folder, also after a killed process", async () => {
  const { child } = await holder();
  await kill(child);
  expect((await lstat(join(folder, ".lock"))).isSocket()).toBe(true);
  const locks = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
  const held = locks.flatMap((lock) => (lock.status === "fulfilled" ? [lock.value] : []));
  expect(held).toHaveLength(1);
  await held[0]?.();
});

test("the lock of a killed process is free, even where another process has its number", async () => {
  const { child, said } = await holder();
  expect(said).toMatch(/^held \d+$/);
  await expect(lockFolder(folder)).rejects.toBeInstanceOf(FolderInUse);
  await kill(child);
  // No file in the folder contains a process number, so such a file is not a lock either.
  await rm(join(folder, ".lock"));
  await writeFile(join(folder, ".lock"), `${process.pid}\n`);
  await (
    await lockFolder(folder)
  )();
});

/** A process that is number 1 of its own world, as in a container. */
const AS_FIRST = ["unshare", "--pid", "--net", "--fork", "--kill-child"];
const canUnshare = spawnSync("unshare", [...AS_FIRST.slice(1), "true"]).status === 0;
if (!canUnshare)
  process.stderr.write(
    "SKIPPED: locks of containers. They need unshare (util-linux) and the right to use it\n",
  );

test.skipIf(!canUnshare)(
  "a restarted container gets its data folder, and no other process gets that of a running container",
  async () => {
    const first = await holder(AS_FIRST);
    expect(first.said).toBe("held 1");
    expect((await holder(AS_FIRST)).said).toBe("FolderInUse 1");
    await kill(first.child);
    await expect.poll(async () => (await holder(AS_FIRST)).said).toBe("held 1");
  },
);
