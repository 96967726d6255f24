import { CONSOLE_PATH } from "../../../local/control/routes/console-path.ts";

/**
 * The codec's script, as the emulator serves it from the installed package: the build puts this file in the package's
 * place. The script looks for its WASM file beside the worker.
 */
const scope = globalThis as typeof globalThis & {
  importScripts(url: string): void;
  Module?: unknown;
};
scope.importScripts(`${CONSOLE_PATH}/openjphjs.js`);

export default scope.Module;
