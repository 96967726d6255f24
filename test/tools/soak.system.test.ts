import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const TIMEOUT_MS = 300_000;

/** @returns what it prints; rejects where something is wrong, since it ends with 1 then */
async function soak(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ["tools/soak/main.ts", ...args]);
  return stdout;
}

test(
  "a server that is killed again and again loses nothing that it acknowledged",
  { timeout: TIMEOUT_MS },
  async () => {
    const output = await soak("kills", "3", "11");
    expect(output).toMatch(/^kills: 3, .* \d+ calls acknowledged, 0 things wrong$/m);
    expect(output).toMatch(/^kills of resets, restores and snapshots: 3, .* 0 things wrong$/m);
  },
);

test("damaged files neither hang the importer nor affect other files", { timeout: TIMEOUT_MS }, async () => {
  const output = await soak("fuzz", "60", "12");
  expect(output).toMatch(/^fuzz: 60 damaged files, .* \d+ refused \(0 server errors, 0 hung\)/m);
});

// The soak reads the memory and files of a server below /proc.
test.skipIf(process.platform !== "linux")(
  "small inputs that would cost much leave a server as it was, and its other calls answered",
  { timeout: TIMEOUT_MS },
  async () => {
    const output = await soak("bombs", "6", "14");
    expect(output).toMatch(/^bombs: 6, seed 14: 0 things wrong$/m);
    expect(output.match(/ [1-9]\d* calls beside it, p99 /g)).toHaveLength(6);
  },
);

// The soak reads the memory and files of a server below /proc.
test.skipIf(process.platform !== "linux")(
  "calls of all kinds beside clients that hang and leave end without an unexpected error",
  { timeout: TIMEOUT_MS },
  async () => {
    expect(await soak("load", "8", "13")).toMatch(/^load: 8 s, .* [1-9]\d* calls, .* 0 unexpected errors/m);
  },
);
