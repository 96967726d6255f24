import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { serveConsole } from "../../../src/local/console/serve-console.ts";

const get = (path: string) => serveConsole({ method: "GET", path, query: "", headers: {}, body: nothing() });
async function* nothing(): AsyncGenerator<Uint8Array> {}

describe("the console's files", () => {
  test.each([
    ["/", "text/html; charset=utf-8"],
    ["/_local/console", "text/html; charset=utf-8"],
    ["/_local/console/", "text/html; charset=utf-8"],
    ["/_local/console/console.js", "text/javascript; charset=utf-8"],
    ["/_local/console/frame-worker.js", "text/javascript; charset=utf-8"],
    ["/_local/console/console.css", "text/css; charset=utf-8"],
    ["/_local/console/icon.svg", "image/svg+xml"],
    ["/_local/console/openjphjs.js", "text/javascript; charset=utf-8"],
    ["/_local/console/openjphjs.wasm", "application/wasm"],
  ])("%s is served as %s, under a policy that allows no other source", async (path, type) => {
    const { status, headers, body } = await get(path);
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe(type);
    expect(body).toBeInstanceOf(Uint8Array);
    const policy = headers["content-security-policy"] ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy.replace("'wasm-unsafe-eval'", "")).not.toMatch(/unsafe|https?:|\*/);
  });

  test.each(["/_local/console/../cli.js", "/_local/console/other.js", "/_local/console/%2e%2e/cli.js"])(
    "%s is not one of them",
    async (path) => {
      expect((await get(path)).status).toBe(404);
    },
  );

  test("have at most 200 KB compressed, the codec too", async () => {
    const names = ["", "/console.js", "/console.css", "/frame-worker.js", "/openjphjs.js", "/openjphjs.wasm"];
    let byteLength = 0;
    for (const name of names) {
      const { body } = await get(`/_local/console${name}`);
      byteLength += gzipSync(body instanceof Uint8Array ? body : new Uint8Array()).length;
    }
    expect(byteLength).toBeGreaterThan(100_000);
    expect(byteLength).toBeLessThan(200_000);
  });
});
