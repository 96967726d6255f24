import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { BUNDLE } from "../../entry.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const run = promisify(execFile);

/**
 * Loads a bundle as Jest loads modules: into a context that shares Node's globals and has a language of its own. A
 * context has no `import()` without a flag of Node.js, and ES modules only with it.
 */
const JEST_LIKE = `
  import { readFileSync } from "node:fs";
  import { createRequire } from "node:module";
  import { dirname, resolve } from "node:path";
  import vm from "node:vm";
  const context = vm.createContext();
  const language = new Set(vm.runInContext("Object.getOwnPropertyNames(globalThis)", context));
  for (const name of ["ArrayBuffer", "Uint8Array"]) language.delete(name);
  for (const name of Object.getOwnPropertyNames(globalThis))
    if (!language.has(name)) context[name] = globalThis[name];

  const requireCommonJs = (file) => {
    const names = ["exports", "require", "module", "__filename", "__dirname"];
    const evaluate = vm.compileFunction(readFileSync(file, "utf8"), names, { filename: file, parsingContext: context });
    const module = { exports: {} };
    const require = (id) => (id.startsWith(".") ? requireCommonJs(resolve(file, "..", id)) : createRequire(file)(id));
    evaluate(module.exports, require, module, file, dirname(file));
    return module.exports;
  };
  const importModule = async (file) => {
    const module = new vm.SourceTextModule(readFileSync(file, "utf8"), { context, identifier: file });
    await module.link((specifier) => {
      const exports = requireCommonJs(resolve(file, "..", specifier));
      const names = Object.keys(exports);
      const copy = function () { for (const name of names) this.setExport(name, exports[name]); };
      return new vm.SyntheticModule(names, copy, { context });
    });
    await module.evaluate();
    return module.namespace;
  };

  const [, file, folder, path] = process.argv;
  const { startEmulator } = file.endsWith(".cjs") ? requireCommonJs(file) : await importModule(file);
  const emulator = await startEmulator();
  const { datastoreId, imageSets, failures } = await emulator.control.importFolder(folder);
  const instance = await fetch(emulator.url + "/datastore/" + datastoreId + path, {
    headers: { accept: "application/dicom; transfer-syntax=1.2.840.10008.1.2.1" },
  });
  console.log(imageSets.length, failures.length, instance.status, (await instance.bytes()).length > 256 * 256 * 2);
  await emulator.close();
`;
const SERIES = "2.25.291834617234511289.1.1";
const INSTANCE = `/studies/${SERIES.slice(0, -2)}/series/${SERIES}/instances/${SERIES}.1`;

test.each([
  ["index.cjs", []],
  ["index.js", ["--experimental-vm-modules", "--no-warnings"]],
])(
  "an emulator of %s imports and decodes in the separate context of a test runner, whose errors are not Node's",
  async (entry, flags) => {
    const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-context-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    for (const { name, bytes } of createSampleSeries(2)) await writeFile(join(folder, name), bytes);
    const file = join(BUNDLE ?? "", entry);
    const args = [...flags, "--input-type=module", "--eval", JEST_LIKE, file, folder, INSTANCE];
    const { stdout } = await run(process.execPath, args, { cwd: ROOT });
    expect(stdout).toBe("1 0 200 true\n");
  },
);
