import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { CACHE } from "./folders.ts";

const PLACE = join(CACHE, "bench");

/**
 * Makes JavaScript of a program that runs as a process of its own: stripping the types as it starts would cost it
 * time and memory that are not what is measured.
 * @returns the path of the file, which is named for its content: benches side by side may share it
 */
export async function compile(program: URL): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(program)],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "warning",
  });
  const text = outputFiles[0]?.text ?? "";
  const name = createHash("sha256").update(text).digest("hex").slice(0, 16);
  const path = join(PLACE, `${name}.mjs`);
  if (existsSync(path)) return path;
  mkdirSync(PLACE, { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, path);
  return path;
}
