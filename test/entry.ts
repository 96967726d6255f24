import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** The package's `dist` as this run of Vitest has bundled it; undefined outside Vitest. */
export const BUNDLE = process.env["HEALTHIMAGING_LOCAL_TEST_BUNDLE"];

/** The command line, for `process.execPath`: outside Vitest the source of it. */
export const ENTRY =
  BUNDLE === undefined ? resolve(import.meta.dirname, "../src/cli.ts") : join(BUNDLE, "cli.js");

/** The URL of a module of the bundle, for scripts of a process of their own. */
export function bundled(name: `${string}.js`): string {
  if (BUNDLE === undefined) throw new Error("there is a bundle only in a run of Vitest");
  return pathToFileURL(join(BUNDLE, name)).href;
}
