import { setFlagsFromString } from "node:v8";

const REPAIRED_V8 = 14;

/**
 * Makes V8 keep the compiled code of WebAssembly as long as its module lives. Before version 14 it can free
 * the code of an import twice if threads with WebAssembly come and go, which ends the process (nodejs/node
 * issue 64500). It also keeps the first, quick translation of a codec. This is a setting of the entire
 * process; repeating it is harmless.
 */
export function keepWasmCode(): void {
  if (Number.parseInt(process.versions.v8, 10) < REPAIRED_V8) setFlagsFromString("--no-wasm-code-gc");
}
