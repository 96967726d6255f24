import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { constants, runInThisContext, Script } from "node:vm";
import { codeNames, readCode, writeCode } from "./compiled-code.ts";

/** Set by the build: the SHA-256 of the bundle. */
declare const BUNDLE_HASH: string;

const BUNDLE = new URL("./emulator.cjs", import.meta.url);
const REPAIRED_V8 = 14;
/** By then a server is ready, and what a start compiles is compiled. */
const SAVE_AFTER_MS = 500;

type Bundle = (exports: object, file: string, folder: string, url: string) => void;

/**
 * Evaluates the bundle with the code that V8 compiled of it in an earlier process: to compile it again is most of
 * what a start costs. `module.enableCompileCache()` keeps only what is compiled before anything runs, which of this
 * bundle is next to nothing, and would be in force for all modules of a user's process.
 */
export function loadBundle(): object {
  const file = fileURLToPath(BUNDLE);
  const source = readFileSync(file, "latin1");
  const evaluate = isOwnContext() ? inThisContext(source) : withCompiledCode(source, file);
  const exports = {};
  evaluate(exports, file, dirname(file), BUNDLE.href);
  return exports;
}

/** A test runner's, such as Jest's: its errors and arrays are not those of Node.js, and the bundle's are to be its. */
const isOwnContext = (): boolean => runInThisContext("globalThis") !== globalThis;

/** The bundle is a function expression; an indirect eval has the globals of the context it runs in. */
// oxlint-disable-next-line no-eval
const inThisContext = (source: string): Bundle => (0, eval)(source) as Bundle;

function withCompiledCode(source: string, file: string): Bundle {
  keepWasmCode();
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  const compile = (cachedData?: Buffer): Script =>
    new Script(source, { filename: file, cachedData, importModuleDynamically });
  let name = "";
  for (const nextName of codeNames(BUNDLE_HASH)) {
    name = nextName();
    const cachedData = readCode(file, name);
    if (cachedData === undefined) break;
    const script = compile(cachedData);
    if (script.cachedDataRejected !== true) return script.runInThisContext() as Bundle;
  }
  const script = compile();
  saveLater(script, file, name);
  return script.runInThisContext() as Bundle;
}

/**
 * As src/importer/workers/wasm-code.ts does when workers start, and before anything is compiled: V8 refuses code that was
 * compiled under other flags, and it is saved while workers may run.
 */
function keepWasmCode(): void {
  if (Number.parseInt(process.versions.v8, 10) < REPAIRED_V8) setFlagsFromString("--no-wasm-code-gc");
}

function saveLater(script: Script, file: string, name: string): void {
  const save = (): void => {
    clearTimeout(timer);
    process.off("exit", save);
    writeCode(file, name, () => script.createCachedData());
  };
  const timer = setTimeout(save, SAVE_AFTER_MS).unref();
  process.once("exit", save);
}
