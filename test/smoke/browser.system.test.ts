import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EmulatorServer, startEmulator } from "../../src/index.ts";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import { scaled } from "../setup/timeouts.ts";

const BROWSER = ["chromium", "chromium-browser", "google-chrome"].find(
  (command) => spawnSync(command, ["--version"]).status === 0,
);
if (BROWSER === undefined) process.stderr.write("SKIPPED: a browser; install chromium\n");

/** As docs/guide/browsers.md says: a name below .localhost as the endpoint, and no setting for the host prefix. */
const programFor = (port: string, datastoreId: string): string => `
  import { MedicalImagingClient, SearchImageSetsCommand } from "@aws-sdk/client-medical-imaging";
  const client = new MedicalImagingClient({
    endpoint: "http://imaging.localhost:${port}",
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  });
  const result = await client.send(new SearchImageSetsCommand({ datastoreId: "${datastoreId}" })).then(
    ({ imageSetsMetadataSummaries }) => imageSetsMetadataSummaries.length + " image set",
    ({ message }) => message,
  );
  await fetch("/result", { method: "POST", body: result });`;

describe.skipIf(BROWSER === undefined)("a web page in Chromium", { timeout: scaled(60_000) }, () => {
  let folder: string;
  let pages: Server;
  let pagesPort: number;
  let emulator: EmulatorServer;
  let program: string;
  let tellResult: (result: string) => void = () => undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "healthimaging-local-browser-"));
    pages = createServer((request, response) => {
      if (request.method === "POST") void text(request).then(tellResult);
      const isProgram = request.url === "/program.js";
      response.setHeader("content-type", isProgram ? "text/javascript" : "text/html");
      response.end(isProgram ? program : '<script type="module" src="/program.js"></script>');
    });
    await once(pages.listen(0, "127.0.0.1"), "listening");
    pagesPort = (pages.address() as AddressInfo).port;
    emulator = await startEmulator({ cors: [`http://let-in.localhost:${pagesPort}`] });
    for (const { name, bytes } of createSampleSeries(2)) await writeFile(join(folder, name), bytes);
    const { datastoreId } = await emulator.control.importFolder(folder);
    const contents = programFor(new URL(emulator.url).port, datastoreId);
    const bundle = { bundle: true, write: false, format: "esm", platform: "browser" } as const;
    const stdin = { contents, resolveDir: import.meta.dirname };
    const { outputFiles } = await build({ ...bundle, stdin, logLevel: "error" });
    program = outputFiles[0]?.text ?? "";
  }, scaled(60_000));
  afterAll(async () => {
    await emulator.close();
    pages.closeAllConnections();
    pages.close();
    await rm(folder, { recursive: true });
  });

  /** What the program says on a page of this host. */
  async function openPage(host: string): Promise<string> {
    const profile = await mkdtemp(join(tmpdir(), "healthimaging-local-profile-"));
    const result = new Promise<string>((done) => (tellResult = done));
    const flags = ["--headless", "--no-sandbox", "--no-proxy-server", "--no-first-run", "--disable-gpu"];
    const page = `http://${host}:${pagesPort}/`;
    const browser = spawn(BROWSER ?? "", [...flags, `--user-data-dir=${profile}`, page], {
      stdio: "ignore",
      detached: true,
    });
    const ended = once(browser, "exit").then(() => "the browser has ended");
    try {
      return await Promise.race([result, ended]);
    } finally {
      if (browser.pid !== undefined) process.kill(-browser.pid, "SIGKILL");
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  test.each([
    ["127.0.0.1", "1 image set"],
    ["localhost", "1 image set"],
    ["let-in.localhost", "1 image set"],
    ["app.localhost", "Failed to fetch"],
  ])("of %s gets from the AWS SDK, by a name below .localhost: %s", async (host, said) => {
    expect(await openPage(host)).toBe(said);
  });
});
