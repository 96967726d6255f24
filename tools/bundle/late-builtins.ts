import { builtinModules } from "node:module";
import { resolve } from "node:path";
import type { Plugin } from "esbuild";
import { importsOfSource } from "./imports-of-source.ts";

/** Also what is bundled of this folder. */
const SOURCES = [resolve(import.meta.dirname, "../../src"), import.meta.dirname];
const BUILTIN = /^(node:)?[a-z_0-9/]+$/;

/** Modules that a server does not load by itself: each takes from 0.3 to 10 ms of processor time. */
const LATE = new Set([
  "node:async_hooks",
  "node:crypto",
  "node:fs/promises",
  "node:https",
  "node:module",
  "node:os",
  "node:stream/consumers",
  "node:timers/promises",
  "node:v8",
  "node:worker_threads",
  "node:zlib",
]);

/** Values of those, which would load them as soon as the bundle is: the worker's, and the build's own. */
const OF_NO_START = new Set(["builtinModules", "parentPort", "resourceLimits"]);

/**
 * Node.js's own modules without `import`: that reads every export of a module, and one of node:http is all of undici.
 * Those that cost something are loaded when a function of them is first called.
 */
export async function lateBuiltins(): Promise<Plugin> {
  const imported = await importsOfSource(...SOURCES);
  return {
    name: "load modules of Node.js when they are used",
    setup: (bundle) => {
      bundle.onResolve({ filter: BUILTIN }, ({ path, kind, importer }) => {
        const name = path.replace(/^node:/, "");
        if (kind === "entry-point" || !builtinModules.includes(name)) return undefined;
        const isOurs = kind === "import-statement" && SOURCES.some((folder) => importer.startsWith(folder));
        return { path: `node:${name}`, namespace: isOurs ? "builtin" : "builtin-for-packages" };
      });
      bundle.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
        contents: [...(imported.get(path) ?? [])].map((name) => exportOf(path, name)).join("\n"),
      }));
      bundle.onLoad({ filter: /.*/, namespace: "builtin-for-packages" }, ({ path }) => ({
        contents: `module.exports = ${get(path)};`,
      }));
    },
  };
}

const get = (module: string): string => `process.getBuiltinModule(${JSON.stringify(module)})`;

function exportOf(module: string, name: string): string {
  if (name === "default") return `export default ${pure(get(module))};`;
  const value = `${get(module)}.${name}`;
  const isFunction =
    typeof (process.getBuiltinModule(module) as Record<string, unknown>)[name] === "function";
  if (LATE.has(module) && !isFunction && !OF_NO_START.has(name))
    throw new Error(
      `The build loads ${module} when a function of it is called, and ${name} is not a function`,
    );
  if (!LATE.has(module) || !isFunction) return `export const ${name} = ${pure(value)};`;
  return /^[A-Z]/.test(name)
    ? `export function ${name}(...args) { return Reflect.construct(${value}, args); }`
    : `export function ${name}(...args) { return ${value}(...args); }`;
}

/** Left out of the bundle where nothing in it uses the name. */
const pure = (value: string): string => `/* @__PURE__ */ (() => ${value})()`;
