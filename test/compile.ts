import { execFile } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";
import { promisify } from "node:util";

const ROOT = resolve(import.meta.dirname, "..");
const TSC = join(createRequire(import.meta.url).resolve("typescript/package.json"), "../bin/tsc");

/** What the compiler says of one file; empty where it says nothing. */
export async function compile(file: string): Promise<string> {
  const config = join(ROOT, `node_modules/.${basename(file)}.json`);
  const settings = { extends: "../tsconfig.json", include: ["../src/**/*.d.ts"], files: [file] };
  await writeFile(config, JSON.stringify(settings));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [TSC, "--noEmit", "-p", config]);
    return stdout;
  } catch (error) {
    return (error as { readonly stdout: string }).stdout;
  } finally {
    await rm(config);
  }
}
