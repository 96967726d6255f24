import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEmulator, type EmulatorServer } from "../src/index.ts";

const SCRIPT = resolve(import.meta.dirname, "../docker/health.cjs");
let folder: string;
let plain: EmulatorServer;
let encrypted: EmulatorServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-health-"));
  plain = await startEmulator();
  encrypted = await startEmulator({ tls: { folder: join(folder, "tls") } });
});
afterAll(async () => {
  await plain.close();
  await encrypted.close();
  await rm(folder, { recursive: true });
});

/** The exit code of the health check in a container with this command line. */
async function check(words: readonly string[], env: Record<string, string> = {}): Promise<number> {
  const file = join(folder, "cmdline");
  await writeFile(file, [...words, ""].join("\0"));
  return new Promise((done) => {
    execFile(process.execPath, [SCRIPT, file], { env: { PATH: "", ...env } }, (error) =>
      done(error === null ? 0 : Number(error.code)),
    );
  });
}

const SERVER = ["node", "/opt/healthimaging-local/dist/cli.js"];
const portOf = ({ url }: EmulatorServer): string => new URL(url).port;

describe("the image's health check", () => {
  test("finds the server by the arguments of the container", async () => {
    const port = portOf(plain);
    expect(await check([...SERVER, "--port", port])).toBe(0);
    expect(await check([...SERVER, "serve", `--port=${port}`, "--host", "0.0.0.0"])).toBe(0);
    expect(await check(["/sbin/docker-init", "--", ...SERVER, "--port", port])).toBe(0);
  });

  test("asks by HTTPS where the arguments say so", async () => {
    const port = portOf(encrypted);
    expect(await check([...SERVER, "--port", port, "--tls"])).toBe(0);
    expect(await check([...SERVER, "--port", port])).toBe(1);
  });

  test("takes an argument before the environment variable, and the variable without one", async () => {
    const env = { HEALTHIMAGING_LOCAL_PORT: portOf(encrypted), HEALTHIMAGING_LOCAL_TLS: "1" };
    expect(await check(SERVER, env)).toBe(0);
    expect(await check([...SERVER, "--port", "1"], env)).toBe(1);
    // The first process is not the server: `docker run --pid host`.
    expect(await check(["/sbin/init", "--port", "1"], env)).toBe(0);
  });

  test("asks the address that the server listens on", async () => {
    const args = [...SERVER, "--port", portOf(plain)];
    expect(await check([...args, "--host", "127.0.0.1"])).toBe(0);
    // Nothing listens there.
    expect(await check([...args, "--host", "127.0.0.9"])).toBe(1);
  });

  test("fails where it finds no server", async () => {
    expect(await check([...SERVER, "--port", "1"])).toBe(1);
  });
});
