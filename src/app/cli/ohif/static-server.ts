import { once } from "node:events";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname, join, sep } from "node:path";
import { pipeline } from "node:stream/promises";

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".gif": "image/gif",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mp4": "video/mp4",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".ttf": "font/ttf",
  ".wasm": "application/wasm",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
};

interface StaticSite {
  /** Absolute: the folder of index.html. */
  readonly folder: string;
  /** Texts in place of files, by path. */
  readonly texts: ReadonlyMap<string, string>;
  /** Where its pages may send requests, besides to the site itself. */
  readonly connectTo: string;
}

/** Serves a site of one page to this machine. @param port 0 for any free one @throws the system's error */
export async function serveSite(site: StaticSite, port: number): Promise<Server> {
  const headers = headersOf(site);
  const server = createServer((request, response) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    answer(site, request, response).catch(() => response.destroy());
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** The viewer sends nothing to other machines: neither its own requests nor what a study may lead it to. */
const headersOf = ({ connectTo }: StaticSite): Map<string, string> =>
  new Map([
    ["cache-control", "no-cache"],
    ["x-content-type-options", "nosniff"],
    ["referrer-policy", "no-referrer"],
    [
      "content-security-policy",
      [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        `img-src 'self' data: blob: ${connectTo}`,
        `media-src 'self' data: blob: ${connectTo}`,
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "frame-src 'self' blob:",
        "object-src 'self' blob:",
        `connect-src 'self' data: blob: ${connectTo}`,
      ].join("; "),
    ],
  ]);

async function answer(site: StaticSite, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405);
  const path = pathOf(request.url ?? "/");
  if (path === undefined) return refuse(response, 400);
  const text = site.texts.get(path);
  response.setHeader("content-type", MEDIA_TYPES[extname(path)] ?? "application/octet-stream");
  if (text !== undefined) return void response.end(text);
  const file = join(site.folder, path);
  if (file.startsWith(site.folder + sep) && (await isFile(file))) return send(file, request, response);
  // Paths of the page's own, such as /viewer/stored.
  if (extname(path) !== "") return refuse(response, 404);
  response.setHeader("content-type", MEDIA_TYPES[".html"] ?? "");
  return send(join(site.folder, "index.html"), request, response);
}

async function send(file: string, { method }: IncomingMessage, response: ServerResponse): Promise<void> {
  if (method === "HEAD") response.end();
  else await pipeline(createReadStream(file), response);
}

const refuse = (response: ServerResponse, status: number): void => void response.writeHead(status).end();

/** Undefined for what is not the path of a URL. */
function pathOf(url: string): string | undefined {
  try {
    return decodeURIComponent(new URL(url, "http://127.0.0.1").pathname);
  } catch {
    return undefined;
  }
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
