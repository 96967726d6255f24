import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { bundled } from "../../entry.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const run = promisify(execFile);

/** Loads a bundle as Jest loads modules: into a context that shares Node's globals and has a language of its own. */
const JEST_LIKE = `
  import { readFile } from "node:fs/promises";
  import vm from "node:vm";
  const context = vm.createContext();
  const language = new Set(vm.runInContext("Object.getOwnPropertyNames(globalThis)", context));
  for (const name of ["ArrayBuffer", "Uint8Array"]) language.delete(name);
  for (const name of Object.getOwnPropertyNames(globalThis))
    if (!language.has(name)) context[name] = globalThis[name];

  const modules = new Map();
  const load = (specifier, from) => {
    const url = specifier.startsWith(".") ? new URL(specifier, from).href : specifier;
    if (!modules.has(url)) modules.set(url, url.startsWith("file:") ? ofSource(url) : ofNode(url));
    return modules.get(url);
  };
  const ofSource = async (url) =>
    new vm.SourceTextModule(await readFile(new URL(url), "utf8"), {
      context,
      identifier: url,
      initializeImportMeta: (meta) => void (meta.url = url),
      importModuleDynamically: async (specifier) => evaluated(await load(specifier, url)),
    });
  const ofNode = async (specifier) => {
    const outside = await import(specifier);
    const names = Object.keys(outside);
    const copy = function () { for (const name of names) this.setExport(name, outside[name]); };
    return new vm.SyntheticModule(names, copy, { context });
  };
  const evaluated = async (module) => {
    if (module.status === "unlinked") await module.link((specifier, { identifier }) => load(specifier, identifier));
    await module.evaluate();
    return module;
  };

  const [, bundle, folder] = process.argv;
  const { createEmulator } = (await evaluated(await load(bundle))).namespace;
  const emulator = await createEmulator();
  const { imageSets, failures } = await emulator.control.importFolder(folder);
  console.log(imageSets.length, failures.length);
  await emulator.close();
`;

test("an emulator works in the separate context of a test runner, where Node's errors are not instances of Error", async () => {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-context-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const { name, bytes } of createSampleSeries(2)) await writeFile(join(folder, name), bytes);
  const href = bundled("index.js");
  const { stdout } = await run(
    process.execPath,
    ["--experimental-vm-modules", "--no-warnings", "--input-type=module", "--eval", JEST_LIKE, href, folder],
    { cwd: ROOT },
  );
  expect(stdout).toBe("1 0\n");
});
