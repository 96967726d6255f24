import type { Plugin } from "esbuild";

/**
 * Modules that Express loads for its conveniences: bodies, files, views, cookies, proxies, `res.send`, its own answers
 * to errors. The gateway uses requests and answers of Node.js, so none of them is called; a call would report that.
 */
const UNUSED = new Set([
  "./view",
  "accepts",
  "body-parser",
  "content-disposition",
  "content-type",
  "cookie",
  "cookie-signature",
  "encodeurl",
  "escape-html",
  "etag",
  "finalhandler",
  "fresh",
  "http-errors",
  "mime-types",
  "on-finished",
  "proxy-addr",
  "qs",
  "range-parser",
  "send",
  "serve-static",
  "statuses",
  "type-is",
  "vary",
]);
const INSTEAD: Readonly<Record<string, string>> = {
  /** Warns of deprecated calls, for which it reads the stack at its start. */
  depd: "module.exports = () => Object.assign(() => {}, { function: (called) => called, property: () => {} });",
  /** Loads a terminal's colours. */
  debug: `module.exports = process.env.DEBUG ? require("debug") : () => Object.assign(() => {}, { enabled: false });`,
};
const EXPRESS = /[\\/]node_modules[\\/](express|router)[\\/]/;

/** Bundles Express without what the gateway does not use of it. */
export const slimExpress: Plugin = {
  name: "Express without what the gateway does not use",
  setup: (bundle) => {
    bundle.onResolve({ filter: /.*/ }, ({ path, importer }) => {
      const [, name] = EXPRESS.exec(importer) ?? [];
      if (name !== undefined && path in INSTEAD) return { path, namespace: "instead" };
      return name === "express" && UNUSED.has(path) ? { path, namespace: "unused" } : undefined;
    });
    bundle.onLoad({ filter: /.*/, namespace: "instead" }, ({ path }) => ({
      contents: INSTEAD[path],
      resolveDir: import.meta.dirname,
    }));
    bundle.onLoad({ filter: /.*/, namespace: "unused" }, ({ path }) => ({
      // Express asks at its start for the function that says which proxies to trust.
      contents: `const unused = () => { throw new Error(${JSON.stringify(`Express's ${path} is not bundled`)}); };
module.exports = Object.assign(() => unused(), { compile: () => unused });`,
    }));
  },
};
