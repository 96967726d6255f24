import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { transform } from "esbuild";

/** Node.js 22 strips types, but does not know `await using`. */
const HAS_USING = Number(process.versions.node.split(".")[0]) >= 24;

/** Runs TypeScript as a module in a process of its own, as it stands where this Node.js can. @returns standard output */
export async function runTypeScript(code: string, cwd: string, ...args: string[]): Promise<string> {
  const runnable = HAS_USING
    ? code
    : (await transform(code, { loader: "ts", format: "esm", target: "node22" })).code;
  const flags = ["--input-type=module-typescript", "--no-warnings", "--eval", runnable, ...args];
  return (await promisify(execFile)(process.execPath, flags, { cwd })).stdout;
}
