import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The WebAssembly libraries, and the file that is loaded of each. */
const CODECS: Readonly<Record<string, string>> = {
  "@cornerstonejs/codec-openjph": "@cornerstonejs/codec-openjph",
  "@cornerstonejs/codec-openjpeg": "@cornerstonejs/codec-openjpeg/decodewasmjs",
  "@cornerstonejs/codec-charls": "@cornerstonejs/codec-charls/decodewasmjs",
};

/** Name, version and path of each; throws if one is not installed. */
export function locateCodecs(): string[] {
  const require = createRequire(import.meta.url);
  return Object.entries(CODECS).map(([name, entry]) => {
    const path = require.resolve(entry);
    const { version } = require(join(dirname(path), "../package.json")) as { version: string };
    return `${name} ${version} at ${path}`;
  });
}
