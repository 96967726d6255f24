import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

describe("the flags of a process", () => {
  const url = (path: string): string => JSON.stringify(new URL(path, import.meta.url));
  const SCRIPT = `
    import { WorkerPool } from ${url("../../src/importer/workers/worker-pool.ts")};
    const pool = new WorkerPool(new URL(${url("../../src/worker.ts")}), { size: 1 })
      .acquire({ spoolFolder: "spool" });
    const outcome = await pool.process({ bytes: new Uint8Array(1) }, () => {});
    console.log(JSON.stringify(outcome));
    await pool.close();
  `;
  /** A program whose export calls its import: V8 recompiles both when they are called often. */
  const LEFT_BEHIND = `
    const bytes = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 7, 1, 1, 97, 1, 98, 0, 0,
      3, 2, 1, 0, 7, 5, 1, 1, 99, 0, 1, 10, 6, 1, 4, 0, 16, 0, 11]);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { a: { b: () => {} } });
    for (let call = 0; call < 200_000; call++) exports.c();
  `;
  /** V8 14 has repaired what the flag prevents: the emulator sets none there. */
  const isRepaired = Number.parseInt(process.versions.v8, 10) >= 14;

  test.skipIf(isRepaired)("let V8 keep the code of WebAssembly that workers leave behind", async () => {
    const traced = ["--stress-wasm-code-gc", "--trace-wasm-code-gc", "--input-type=module", "-e"];
    const run = async (script: string) =>
      (await promisify(execFile)(process.execPath, [...traced, script])).stdout;
    expect(await run(LEFT_BEHIND)).toContain("Triggering GC");
    // Before, the types of the script itself are stripped, by WebAssembly too.
    const [, afterImport] = (await run(SCRIPT + LEFT_BEHIND)).split('"kind":"failure"');
    expect(afterImport).not.toContain("Triggering GC");
  });

  test("are not passed to its workers, so that a preloaded module runs once", async () => {
    const preload = `data:text/javascript,${encodeURIComponent('console.log("preloaded")')}`;
    const args = ["--import", preload, "--input-type=module", "-e", SCRIPT];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const [first = "", outcome = "", ...others] = stdout.trim().split("\n");
    expect(first).toBe("preloaded");
    expect(JSON.parse(outcome)).toMatchObject({
      kind: "failure",
      failure: { exceptionType: "ValidationException" },
    });
    expect(others).toEqual([]);
  });
});
