import { execFile, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import { startEmulator, type EmulatorServer } from "../../src/index.ts";
import { openServer, type ServerSandbox } from "../clients.ts";
import { readDocuments, withCode } from "../documents.ts";
import { ENTRY } from "../entry.ts";
import { codestreamOf } from "../jph-file.ts";

const isThere = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;
const isShellThere = isThere("bash", "--version") && isThere("curl", "--version");
const isCliThere = isShellThere && isThere("aws", "--version") && isThere("gunzip", "--version");
if (!isShellThere) process.stderr.write("SKIPPED: the README's shell blocks; install bash and curl\n");
if (!isCliThere) process.stderr.write("SKIPPED: the README's first minute; install awscli and gzip\n");

/** Of today, and of 0.1.0 where its blocks are other ones. */
const documents = readDocuments();
const [MINUTE, DEMO, SCENARIOS] = ["aws s3 mb s3://dicom-input", "npm run demo", "/_local/scenarios/"];
const BUCKETS = "aws s3 mb s3://my-bucket";
const [LIMITS, REPORT, CI, RESET] = ["/_local/limits", "format=text", "emulator=$!", "/_local/reset"];

let sandbox: ServerSandbox;
let folder: string;
beforeAll(async () => {
  sandbox = await openServer();
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-shell-"));
  await mkdir(join(folder, "my-dicom"));
  for (const { name, bytes } of createSampleSeries(2)) await writeFile(join(folder, "my-dicom", name), bytes);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await sandbox[Symbol.asyncDispose]();
});

/**
 * The commands of a project that has the package and a Node.js of its own, in `folder`; answers a PATH whose
 * first `node` is an old one.
 */
async function makeProject(): Promise<string> {
  const [commands, old] = [join(folder, "node_modules/.bin"), join(folder, "old")];
  for (const at of [commands, old]) await mkdir(at, { recursive: true });
  const entry = JSON.stringify(pathToFileURL(ENTRY).href);
  const options = { mode: 0o755 };
  await writeFile(
    join(commands, "healthimaging-local"),
    `#!/usr/bin/env node\nvoid import(${entry});\n`,
    options,
  );
  await rm(join(commands, "node"), { force: true });
  await symlink(process.execPath, join(commands, "node"));
  await writeFile(join(old, "node"), "#!/bin/sh\necho this Node.js is old >&2\nexit 1\n", options);
  return `${old}${delimiter}${process.env["PATH"]}`;
}

/** Runs a block as it stands, but for the port, and npm's detour. */
async function shell(
  code: string,
  { url, port }: Pick<EmulatorServer, "url" | "port"> = sandbox.emulator,
  path = process.env["PATH"],
): Promise<{ code: number; out: string }> {
  const command = `'${process.execPath}' '${ENTRY}'`;
  const own = code
    .replaceAll("http://127.0.0.1:4464", url)
    .replaceAll("localhost:4464", `localhost:${port}`)
    .replaceAll(/npm start --|npx healthimaging-local|node_modules\/\.bin\/healthimaging-local/g, command)
    .replaceAll("npm run demo", `${command} demo`);
  const env = {
    PATH: path,
    HOME: folder,
    HEALTHIMAGING_LOCAL_ENDPOINT: url,
    HEALTHIMAGING_LOCAL_PORT: String(port),
    AWS_PAGER: "",
    AWS_EC2_METADATA_DISABLED: "true",
  };
  try {
    const args = ["-c", `set -o pipefail\n${own}`];
    const { stdout } = await promisify(execFile)("bash", args, { cwd: folder, env, maxBuffer: 2 ** 24 });
    return { code: 0, out: stdout };
  } catch (error) {
    const { code: exitCode, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code: exitCode, out: `${stdout}${stderr}` };
  }
}

describe.skipIf(!isShellThere)("among the README's shell blocks,", () => {
  test.skipIf(!isCliThere).each(withCode(documents, MINUTE))(
    "the block of the first minute goes from a data store to a frame (of $version)",
    async (edition) => {
      await sandbox.emulator.reset({ buckets: true });
      const block = edition.run(MINUTE, "sh");
      const { code, out } = await shell(`set -e\n${block}`);
      expect([code, out]).toEqual([0, expect.stringContaining('"contentType": "application/octet-stream"')]);
      const frame = await readFile(join(folder, /frame\.\w+/.exec(block)?.[0] ?? ""));
      expect(codestreamOf(frame).toString("hex", 0, 4)).toBe("ff4fff51");
    },
  );

  test.skipIf(!isCliThere).each(withCode(documents, BUCKETS))(
    "the block of buckets lists what it has uploaded (of $version)",
    async (edition) => {
      await sandbox.emulator.reset({ buckets: true });
      const { code, out } = await shell(`set -e\n${edition.run(BUCKETS, "sh")}`);
      expect([code, out.match(/ input\/\S+$/gm)?.length]).toEqual([0, 2]);
    },
  );

  test.each(withCode(documents, DEMO))(
    "the block of the demo imports an image set (of $version)",
    async (edition) => {
      const { code, out } = await shell(`set -e\n${edition.run(DEMO, "sh")}`);
      expect([code, out]).toEqual([0, expect.stringContaining("a JPH file")]);
      expect(out).toContain("image sets  1");
    },
  );

  test.each(withCode(documents, SCENARIOS))(
    "the block of scenarios activates and deactivates one (of $version)",
    async (edition) => {
      const { code, out } = await shell(edition.run(SCENARIOS, "sh"));
      expect([code, out.match(/"status": "\w+"/g)]).toEqual([
        0,
        ['"status": "active"', '"status": "loaded"'],
      ]);
    },
  );

  test.each(withCode(documents, LIMITS))(
    "the block of limits changes them (of $version)",
    async (edition) => {
      const { out } = await shell(edition.run(LIMITS, "sh"));
      expect(JSON.parse(out)).toMatchObject({ throttling: "off", deny: ["medical-imaging:DeleteImageSet"] });
    },
  );

  test.each(withCode(documents, REPORT))(
    "the block of the report fails a run with unsigned calls (of $version)",
    async (edition) => {
      await sandbox.emulator.reset();
      const good = await shell(edition.run(REPORT, "sh"));
      expect([good.code, good.out.match(/^since/gm)]).toEqual([0, ["since", "since", "since"]]);
      for (const _ of [1, 2])
        await fetch(`${sandbox.emulator.url}/datastore`, { method: "POST", body: BODY() });
      const [, failing = ""] = edition.run(REPORT, "sh").split("\n");
      const bad = await shell(failing);
      expect([bad.code, bad.out]).toEqual([
        1,
        expect.stringContaining("REFUSED on AWS, it is not signed: 2"),
      ]);
      expect(bad.out).toContain("\nhealthimaging-local: --fail-on found 2 refused");
    },
  );

  test.each(withCode(documents, CI))(
    "the block for CI fails where its tests or its report fail, leaves no emulator, and uses the project's Node.js (of $version)",
    async (edition) => {
      const path = await makeProject();
      const run = async (tests: string): Promise<{ code: number; out: string }> => {
        const { url, port, close } = await startEmulator();
        await close();
        const ended = await shell(edition.run(CI, "sh").replace("npm test", tests), { url, port }, path);
        await expect(fetch(url)).rejects.toThrow();
        return ended;
      };
      expect((await run('echo "tests at $AWS_ENDPOINT_URL_MEDICAL_IMAGING"')).out).toMatch(
        /tests at http:\S+\nsince [^]*no account/,
      );
      expect((await run("true")).code).toBe(0);
      expect((await run("exit 3")).code).toBe(1);
      const unsigned = await run(
        'curl -s -X POST $AWS_ENDPOINT_URL_MEDICAL_IMAGING/datastore -d \'{"clientToken":"a"}\'',
      );
      expect([unsigned.code, unsigned.out]).toEqual([1, expect.stringContaining("REFUSED on AWS")]);
    },
  );

  test.each(withCode(documents, RESET))(
    "the block of the reset prints the epoch and the cancelled jobs (of $version)",
    async (edition) => {
      const { out } = await shell(edition.run(RESET, "sh"));
      expect(Object.keys(JSON.parse(out) as object)).toEqual(["epoch", "cancelledJobs"]);
    },
  );

  test.skipIf(!isCliThere)("every block that names this file has been run", () => {
    expect(documents.flatMap((edition) => edition.notRun(import.meta.filename))).toEqual([]);
  });
});

const BODY = (): string => JSON.stringify({ clientToken: crypto.randomUUID() });
