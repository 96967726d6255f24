import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  NotAFile,
  openRegularFile,
  readRegularFile,
  readRegularTextSync,
  readTextIfPresentSync,
} from "../../../src/storage/files/regular-file.ts";

async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

const MAKERS: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
  "is a folder": (path) => mkdir(path),
  "is a link": async (path) => {
    await writeFile(`${path}-elsewhere`, "x");
    await symlink(`${path}-elsewhere`, path);
  },
  "is a FIFO": async (path) => execFileSync("mkfifo", [path]),
  "is a socket or a device": async (path) => {
    const server = createServer().listen(path);
    await once(server, "listening");
    onTestFinished(() => void server.close());
  },
};

/** Every way to read one. */
async function refusalsOf(path: string): Promise<unknown[]> {
  const ways = [readRegularFile, openRegularFile, async (file: string) => readRegularTextSync(file)];
  return Promise.all(ways.map((read) => read(path).catch((error: unknown) => error)));
}

// Windows has no FIFOs and devices in folders.
describe.skipIf(process.platform === "win32")("in place of a file,", () => {
  test.each(Object.entries(MAKERS))(
    "a path that %s is refused in every way of reading",
    async (what, make) => {
      const path = join(await openFolder(), "x");
      await make(path);
      for (const refusal of await refusalsOf(path)) {
        expect(refusal).toBeInstanceOf(NotAFile);
        expect(refusal).toMatchObject({ what, message: `${path} ${what}, not a file` });
      }
    },
  );

  test("a device is refused in every way of reading", async () => {
    for (const refusal of await refusalsOf("/dev/null"))
      expect(refusal).toMatchObject({ message: "/dev/null is a device, not a file" });
  });

  test("a missing file gives the system's own error", async () => {
    const path = join(await openFolder(), "x");
    for (const refusal of await refusalsOf(path)) expect(refusal).toMatchObject({ code: "ENOENT", path });
  });
});

test("a file of any size is read whole", async () => {
  const path = join(await openFolder(), "x");
  for (const size of [0, 1, 64 * 1024 - 1, 64 * 1024, 200_000]) {
    await writeFile(path, "x".repeat(size));
    expect((await readRegularFile(path)).toString()).toBe("x".repeat(size));
    expect(readRegularTextSync(path)).toBe("x".repeat(size));
  }
});

test("a file that may be missing is undefined then, also where a part of its path is a file", async () => {
  const path = join(await openFolder(), "one.txt");
  expect(readTextIfPresentSync(path)).toBeUndefined();
  await writeFile(path, "text");
  expect(readTextIfPresentSync(path)).toBe("text");
  expect(readTextIfPresentSync(join(path, "below"))).toBeUndefined();
});
