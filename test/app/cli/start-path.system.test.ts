import { execFile } from "node:child_process";
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeNames, foldersFor, readCode, writeCode } from "../../../tools/bundle/compiled-code.ts";
import { posixPath } from "../../../tools/posix-path.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
/** As installed: a package among the packages of a project. */
const PROJECT = join(ROOT, "node_modules/.cache/healthimaging-local-start");
const PACKAGE = join(PROJECT, "node_modules/healthimaging-local");
const DIST = join(PACKAGE, "dist");
const CODE = join(PROJECT, "node_modules/.cache/healthimaging-local");
const run = promisify(execFile);

/** Tells at READY what has been loaded until then, and ends the process as its user would. */
const WITNESS = `
  const fs = require("node:fs");
  const { openSync, readFileSync } = fs;
  const { getHeapSpaceStatistics } = process.getBuiltinModule("node:v8");
  const young = () => getHeapSpaceStatistics().find((space) => space.space_name === "new_space").space_used_size;
  const files = [];
  const opened = new Map();
  fs.openSync = (path, ...others) => {
    const file = openSync(path, ...others);
    opened.set(file, path);
    return file;
  };
  fs.readFileSync = (path, ...others) => {
    const content = readFileSync(path, ...others);
    files.push([String(opened.get(path) ?? path), content.length]);
    return content;
  };
  const { stdout } = process;
  const write = stdout.write.bind(stdout);
  const youngAtStart = young();
  stdout.write = (text) => {
    if (!text.startsWith("READY ")) return write(text);
    const youngBytes = young() - youngAtStart;
    const modules = process.moduleLoadList.map((name) => name.replace(/^NativeModule /, ""));
    write(JSON.stringify({ modules, files, packages: Object.keys(require.cache), youngBytes }));
    // Real time: the compiled code is saved 500 ms after the bundle is loaded.
    setTimeout(() => process.kill(process.pid, "SIGTERM"), 700);
    return true;
  };
`;

/** Of Node.js, from 1 to 10 ms of processor time each; undici alone is a quarter of a start. */
const COSTLY = [
  "internal/deps/undici/undici",
  "assert",
  "crypto",
  "fs/promises",
  "https",
  "perf_hooks",
  "worker_threads",
  "zlib",
];

interface Loaded {
  readonly modules: readonly string[];
  readonly files: readonly (readonly [path: string, length: number])[];
  readonly packages: readonly string[];
  /** In V8's young generation, since the process began to load the server. */
  readonly youngBytes: number;
}

async function start(...flags: string[]): Promise<Loaded> {
  const args = [...flags, "--require", join(PROJECT, "witness.cjs"), join(DIST, "cli.js"), "--port", "0"];
  const { stdout, stderr } = await run(process.execPath, args);
  expect(stderr).toMatch(/^healthimaging-local \S+ at http:\S+\n(?: {2}\w+ +.+\n){4}$/);
  return JSON.parse(stdout) as Loaded;
}

async function startInProcess(): Promise<string[]> {
  const program = `
    const { createEmulator } = await import(process.argv[1]);
    const emulator = await createEmulator();
    console.log(JSON.stringify(process.moduleLoadList.map((name) => name.replace(/^NativeModule /, ""))));
    await emulator.close();`;
  const args = ["--input-type=module", "--eval", program, pathToFileURL(join(DIST, "index.js")).href];
  const { stdout, stderr } = await run(process.execPath, args);
  expect(stderr).toBe("");
  return JSON.parse(stdout) as string[];
}

let first: Loaded;
let second: Loaded;
beforeAll(async () => {
  await rm(PROJECT, { recursive: true, force: true });
  await run(process.execPath, ["tools/build.ts", DIST], { cwd: ROOT });
  await symlink(join(ROOT, "package.json"), join(PACKAGE, "package.json"));
  await writeFile(join(PROJECT, "witness.cjs"), WITNESS);
  first = await start();
  second = await start();
}, 120_000);
afterAll(() => rm(PROJECT, { recursive: true, force: true }));

describe("until it is ready, a server", () => {
  test.each(COSTLY)("has not loaded %s of Node.js", (name) => {
    expect(second.modules).not.toContain(name);
  });

  test("has loaded no package that is a file beside the bundle", () => {
    expect(second.packages.filter((path) => !path.endsWith("witness.cjs"))).toEqual([]);
  });

  test("has read only its entry, the bundle and the compiled code of the bundle", () => {
    const names = (loaded: Loaded): string[] =>
      loaded.files.map(([place]) => {
        const path = place.startsWith("file:") ? fileURLToPath(place) : place;
        return posixPath(path.replace(PROJECT, ""));
      });
    const dist = "/node_modules/healthimaging-local/dist";
    expect(names(first)).toEqual([`${dist}/cli.js`, `${dist}/emulator.cjs`]);
    expect(names(second)).toEqual([
      `${dist}/cli.js`,
      `${dist}/emulator.cjs`,
      expect.stringMatching(/^\/node_modules\/\.cache\/healthimaging-local\/[0-9a-f]{16}-.*\.bin$/),
    ]);
  });

  test("keeps separate compiled code for other flags of V8, and leaves the existing code as it is", async () => {
    const [shared = ""] = await readdir(CODE);
    const before = await stat(join(CODE, shared));
    const flag = "--stack-size=900";
    await start(flag);
    expect((await start(flag)).files.at(-1)?.[0]).toMatch(/-[0-9a-f]{1,8}\.bin$/);
    expect((await stat(join(CODE, shared))).mtimeMs).toBe(before.mtimeMs);
    expect(await readdir(CODE)).toHaveLength(2);
  });

  // V8 collects young objects at 1 MB, before a server is ready, and again when 1.6 MB are used: with a little more than
  // this, the first call waits for that. Other versions of Node.js allocate otherwise.
  test.runIf(process.versions.node.startsWith("24."))(
    "has allocated so little that its first call does not wait until V8 has collected it",
    async () => {
      const withoutCollection = "--min-semi-space-size=16";
      await start(withoutCollection);
      expect((await start(withoutCollection)).youngBytes).toBeLessThan(1_600_000);
    },
  );

  test("reads at most 1.15 MB of code, and at most 8 KB before it has checked the version of Node.js", async () => {
    const [, length = Infinity] = second.files[1] ?? [];
    expect(length).toBeLessThan(1_150_000);
    expect((await stat(join(DIST, "cli.js"))).size).toBeLessThan(8_000);
  });

  test.each(["body-parser", "iconv-lite", "mime-db", "qs", "send", "serve-static", "yaml", "@smithy/core"])(
    "has no %s in its bundle",
    async (name) => {
      expect(await readFile(join(DIST, "emulator.cjs"), "latin1")).not.toContain(`"node_modules/${name}/`);
    },
  );
});

test("an in-process emulator starts without the costly modules of Node.js", async () => {
  const modules = await startInProcess();
  expect(modules).toContain("http");
  expect(modules.filter((name) => COSTLY.includes(name))).toEqual([]);
});

/** How a user's program comes to the bundle; workers and the client's entry do not load it. */
const ENTRIES: readonly (readonly [entry: string, start: () => Promise<unknown>])[] = [
  ["cli.js", () => start()],
  ["index.js", startInProcess],
];

describe.each(ENTRIES)(
  "%s starts by compiling the bundle again, without a word, where the code of it",
  (_, begin) => {
    const codeFile = async (): Promise<string> => {
      await rm(CODE, { recursive: true, force: true });
      await start();
      return join(CODE, (await readdir(CODE))[0] ?? "");
    };

    test("is what V8 refuses: of another version, other flags, another processor", async () => {
      const file = await codeFile();
      const code = readCode(join(DIST, "emulator.cjs"), basename(file), [CODE]) ?? Buffer.alloc(0);
      expect(code.length).toBeGreaterThan(0);
      // V8 keeps its version, its flags and its own sum in the first words.
      const foreign = Buffer.from(code).fill(0x5a, 0, 16);
      writeCode(join(DIST, "emulator.cjs"), basename(file), () => foreign, [CODE]);
      await begin();
    });

    test("is damaged", async () => {
      const file = await codeFile();
      const bytes = await readFile(file);
      await writeFile(file, bytes.fill(0x5a, bytes.length >> 1));
      await begin();
    });

    test("is of another bundle of the same length", async () => {
      const file = await codeFile();
      const place = join(DIST, "emulator.cjs");
      const original = await readFile(place, "latin1");
      const changed = original.replaceAll("Time cannot go back", "TIME CANNOT GO BACK");
      expect(changed).not.toBe(original);
      try {
        await writeFile(place, changed, "latin1");
        const later = Date.now() / 1000 + 60;
        await utimes(place, later, later);
        expect(readCode(place, basename(file), [CODE])).toBeUndefined();
        await begin();
      } finally {
        await writeFile(place, original, "latin1");
      }
    });
  },
);

test("the bundle keeps function names for stack traces, and has no very long line", async () => {
  const code = await readFile(join(DIST, "emulator.cjs"), "utf8");
  expect(code).toContain("async function startEmulator(");
  expect(code).toContain("function createGateway(");
  const lengths = code.split("\n").map((line) => line.length);
  expect(lengths.filter((length) => length > 1_000).length).toBeLessThan(40);
});

// Windows has no owners and modes of files as these tests change them.
describe.skipIf(process.getuid === undefined)("compiled code", () => {
  const folder = join(PROJECT, "code");
  const bundle = join(DIST, "emulator.cjs");
  const name = codeNames("0123456789abcdef")[0]?.() ?? "";
  const read = (): string | undefined => readCode(bundle, name, [folder])?.toString();
  const write = (text: string): void => writeCode(bundle, name, () => Buffer.from(text), [folder]);

  test("is kept for this build only, and is read at the next start", async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "fedcba9876543210-old.bin"), "old");
    write("code");
    expect(read()).toBe("code");
    await expect(stat(join(folder, "fedcba9876543210-old.bin"))).rejects.toThrow("ENOENT");
  });

  test.each([
    ["file", () => chmod(join(folder, name), 0o666)],
    ["folder", () => chmod(folder, 0o777)],
  ])("is not read from a %s that other users may write to", async (_, open) => {
    await rm(folder, { recursive: true, force: true });
    write("code");
    await open();
    expect(read()).toBeUndefined();
  });

  test("is not read through a link", async () => {
    await rm(folder, { recursive: true, force: true });
    write("code");
    await writeFile(join(PROJECT, "elsewhere"), "other code");
    await rm(join(folder, name));
    await symlink(join(PROJECT, "elsewhere"), join(folder, name));
    expect(read()).toBeUndefined();
  });

  test.each([
    ["a byte is another", (code: Buffer) => code.fill(0, 3, 4)],
    ["it was cut", (code: Buffer) => code.subarray(0, -8)],
    ["it is empty", (code: Buffer) => code.subarray(0, 0)],
  ])("is not read where %s: V8 would crash of it", async (_, damage) => {
    await rm(folder, { recursive: true, force: true });
    write("code, and more of it");
    await writeFile(join(folder, name), damage(await readFile(join(folder, name))));
    expect(read()).toBeUndefined();
  });

  test("is not read for a bundle that was changed since, though V8 would take it", async () => {
    const patched = join(PROJECT, "patched.cjs");
    await writeFile(patched, "one");
    writeCode(patched, name, () => Buffer.from("code"), [folder]);
    expect(readCode(patched, name, [folder])?.toString()).toBe("code");
    await writeFile(patched, "two");
    const later = Date.now() / 1000 + 60;
    await utimes(patched, later, later);
    expect(readCode(patched, name, [folder])).toBeUndefined();
  });

  test("leaves nothing behind when it cannot be written", async () => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(join(folder, name), { recursive: true });
    write("code");
    expect(await readdir(folder)).toEqual([name]);
  });

  test("is written to a folder of the user when the first folder is not writable", async () => {
    await writeFile(join(PROJECT, "file"), "");
    const own = join(PROJECT, "own");
    writeCode(bundle, name, () => Buffer.from("code"), [join(PROJECT, "file/below"), own]);
    expect(readCode(bundle, name, [join(PROJECT, "file/below"), own])?.toString()).toBe("code");
    expect((await stat(own)).mode & 0o022).toBe(0);
  });

  test("is kept in node_modules/.cache of the project that installed the package", () => {
    expect(foldersFor(bundle)[0]).toBe(CODE);
    expect(foldersFor(resolve("/src/healthimaging-local/dist/emulator.cjs"))[0]).toBe(
      resolve("/src/healthimaging-local/node_modules/.cache/healthimaging-local"),
    );
  });
});
