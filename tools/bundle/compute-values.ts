import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";
import { asJson } from "./parse-json.ts";

const SOURCE = resolve(import.meta.dirname, "../../src");

/**
 * Files of the source that export plain data: the build computes their values, and the bundle has these, not what they
 * are computed from.
 */
export const computeValues = (modules: readonly string[]): Plugin => ({
  name: "plain data is computed by the build",
  setup: (bundle) => {
    const files = new Set(modules.map((module) => join(SOURCE, module)));
    bundle.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (!files.has(path)) return undefined;
      const values = Object.entries((await import(pathToFileURL(path).href)) as Record<string, unknown>);
      return {
        contents: values.map(([name, value]) => `export const ${name} = ${asJson(value)};`).join("\n"),
      };
    });
  },
});
