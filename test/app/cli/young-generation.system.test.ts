import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const MEBIBYTE = 2 ** 20;

/** Keeps some of what it allocates, so that a young generation would grow. */
const LOAD = `(() => {
  const kept = [];
  for (let index = 0; index < 3_000_000; index++) kept[index % 300_000] = { index };
  const spaces = process.getBuiltinModule("node:v8").getHeapSpaceStatistics();
  return spaces.find(({ space_name }) => space_name === "new_space").space_size;
})()`;
const WORKER = JSON.stringify(`require("node:worker_threads").parentPort.postMessage(${LOAD});`);

/** @returns the bytes of the young generations of a process and of its worker under load */
async function youngGenerations(preparation: string): Promise<readonly number[]> {
  const script = `
    import { Worker } from "node:worker_threads";
    ${preparation}
    const ofProcess = ${LOAD};
    new Worker(${WORKER}, { eval: true, execArgv: [] }).on("message", (ofWorker) => console.log(ofProcess, ofWorker));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
  return stdout.trim().split(" ").map(Number);
}

describe("the young generations of V8", () => {
  const url = new URL("../../../src/app/cli/young-generation.ts", import.meta.url).href;

  test("grow under load where nothing bounds them", async () => {
    const [ofProcess = 0, ofWorker = 0] = await youngGenerations("");
    expect(Math.min(ofProcess, ofWorker)).toBeGreaterThan(16 * MEBIBYTE);
  });

  test("stay as they are once the command line bounds them, with 4 MiB semi-spaces for workers", async () => {
    const [ofProcess = 0, ofWorker = 0] = await youngGenerations(
      `import { boundYoungGenerations } from ${JSON.stringify(url)}; boundYoungGenerations();`,
    );
    expect(ofProcess).toBeLessThan(8 * MEBIBYTE);
    expect(ofWorker).toBeGreaterThanOrEqual(4 * MEBIBYTE);
    expect(ofWorker).toBeLessThanOrEqual(16 * MEBIBYTE);
  });
});
