import { setFlagsFromString } from "node:v8";

const REPAIRED_V8 = 14;

/**
 * Lets V8 keep the compiled code of WebAssembly for as long as its module lives. Before 14 it can free the code of
 * an import twice where threads with WebAssembly come and go, and then ends the process (nodejs/node issue 64500).
 * Otherwise it keeps the first, quick translation of a codec, too. A setting of the whole process; repeating it is harmless.
 */
export function keepWasmCode(): void {
  if (Number.parseInt(process.versions.v8, 10) < REPAIRED_V8) setFlagsFromString("--no-wasm-code-gc");
}
