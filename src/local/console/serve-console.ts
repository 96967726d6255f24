import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { errorCode } from "../../api/error-code.ts";
import type { HttpRequest, HttpResponse } from "../../api/http.ts";
import { CONSOLE_PATH } from "../control/routes/console-path.ts";

/** The console's files, which `tools/bundle/console.ts` writes: in the package beside the bundle. */
const FOLDER = new URL(
  import.meta.url.endsWith(".ts") ? "../../../dist/console/" : "./console/",
  import.meta.url,
);

const PAGE = "index.html";
/** The script of the codec's package; its WASM file is beside it. */
const CODEC = "openjphjs.js";

/** Every file that is served. */
const MEDIA_TYPES: ReadonlyMap<string, string> = new Map([
  [PAGE, "text/html; charset=utf-8"],
  ["console.css", "text/css; charset=utf-8"],
  ["console.js", "text/javascript; charset=utf-8"],
  ["frame-worker.js", "text/javascript; charset=utf-8"],
  ["icon.svg", "image/svg+xml"],
  [CODEC, "text/javascript; charset=utf-8"],
  ["openjphjs.wasm", "application/wasm"],
]);

/** The page loads and calls nothing but the emulator, and no other page may show it in a frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "cache-control": "no-cache",
  "content-security-policy": POLICY,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** Answers a request for the console's page, or for a file of it. */
export async function serveConsole({ path }: HttpRequest): Promise<HttpResponse> {
  const below = path.startsWith(`${CONSOLE_PATH}/`) ? path.slice(CONSOLE_PATH.length + 1) : "";
  const name = below === "" ? PAGE : below;
  const media = MEDIA_TYPES.get(name);
  const body = media === undefined ? undefined : await readOrNothing(name);
  if (media === undefined || body === undefined) return notFound(name);
  return { status: 200, headers: { ...HEADERS, "content-type": media }, body };
}

/** Undefined where the package was built without the console. */
async function readOrNothing(name: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(new URL(name, name.startsWith("openjphjs.") ? codecFolder() : FOLDER));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

const codecFolder = (): URL =>
  pathToFileURL(createRequire(import.meta.url).resolve("@cornerstonejs/codec-openjph"));

const notFound = (name: string): HttpResponse => ({
  status: 404,
  headers: { ...HEADERS, "content-type": "text/plain; charset=utf-8" },
  body: MEDIA_TYPES.has(name)
    ? "The console is not built: `npm run build` builds it.\n"
    : "The console has no such file.\n",
});
