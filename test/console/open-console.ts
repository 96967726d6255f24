import { spawnSync } from "node:child_process";
import { type Browser, chromium, type Page } from "playwright-core";
import { type EmulatorServer, startEmulator } from "../../src/index.ts";

/** The command of a browser; undefined where there is none. */
export const CHROMIUM = ["chromium", "chromium-browser", "google-chrome"].find(
  (command) => spawnSync(command, ["--version"]).status === 0,
);
if (CHROMIUM === undefined) process.stderr.write("SKIPPED: the console in a browser; install chromium\n");

export interface OpenConsole {
  readonly emulator: EmulatorServer;
  readonly browser: Browser;
  /** A page of the console, at a screen such as `journal`. */
  readonly open: (screen?: string, options?: Parameters<Browser["newPage"]>[0]) => Promise<Page>;
  /**
   * What the pages wrote to their consoles as errors and warnings, except that of a test that reads a canvas, and
   * requests that went elsewhere.
   */
  readonly faults: string[];
  readonly close: () => Promise<void>;
}

/** An emulator and a browser that looks at its console. */
export async function openConsole(options: Parameters<typeof startEmulator>[0] = {}): Promise<OpenConsole> {
  const emulator = await startEmulator(options);
  const executablePath = spawnSync("which", [CHROMIUM ?? ""])
    .stdout.toString()
    .trim();
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  const faults: string[] = [];
  const open: OpenConsole["open"] = async (screen = "", pageOptions = {}) => {
    const page = await browser.newPage(pageOptions);
    page.on("console", (message) => {
      const isOfTest = message.text().includes("willReadFrequently");
      if (["error", "warning"].includes(message.type()) && !isOfTest)
        faults.push(`${screen}: ${message.text()}`);
    });
    page.on("pageerror", ({ message }) => faults.push(`${screen}: ${message}`));
    page.on("request", (request) => {
      if (!request.url().startsWith(`${emulator.url}/`))
        faults.push(`${screen}: a request to ${request.url()}`);
    });
    await page.goto(`${emulator.url}/#/${screen}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    return page;
  };
  const close = async (): Promise<void> => {
    await browser.close();
    await emulator.close();
  };
  return { emulator, browser, open, faults, close };
}
