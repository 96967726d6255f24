import { execFile } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../../..");
const TSC = join(createRequire(import.meta.url).resolve("typescript/package.json"), "../bin/tsc");

test("types of the client let through what /_local takes, and refuse what it refuses", async () => {
  const config = join(ROOT, "node_modules/.control-types.json");
  const files = [join(import.meta.dirname, "control-types.ts")];
  await writeFile(config, JSON.stringify({ extends: "../tsconfig.json", include: [], files }));
  try {
    const compiled = await promisify(execFile)(process.execPath, [TSC, "--noEmit", "-p", config]).catch(
      (error: unknown) => error,
    );
    expect(compiled).toMatchObject({ stdout: "" });
  } finally {
    await rm(config);
  }
});
