import { execFile } from "node:child_process";
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUNDLE } from "./entry.ts";
import { scaled } from "./setup/timeouts.ts";

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, "..");
const CACHE = join(ROOT, "node_modules/.cache/healthimaging-local/npm");

const SUITE = `
import { ListDatastoresCommand } from "@aws-sdk/client-medical-imaging";
import { expect } from "vitest";
import { test } from "healthimaging-local/vitest";

test("each test has an emulator of its own", async ({ medicalImaging, control }) => {
  expect((await medicalImaging.send(new ListDatastoresCommand({}))).datastoreSummaries).toEqual([]);
  expect((await control.health()).status).toBe("ok");
});
`;

let folder: string;
let tarball: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-vitest-"));
  const stage = join(folder, "stage");
  await cp(BUNDLE ?? "", join(stage, "dist"), { recursive: true });
  for (const name of ["package.json", "README.md", "LICENSE", "NOTICE"])
    await copyFile(join(ROOT, name), join(stage, name));
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: stage });
  tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz")) ?? "";
}, scaled(60_000));
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the package", () => {
  test.each(["2", "3", "4", "5"])(
    "installs beside vitest %s, and its fixture works there",
    async (version) => {
      const cwd = join(folder, `vitest-${version}`);
      await mkdir(cwd);
      await writeFile(join(cwd, "package.json"), JSON.stringify({ type: "module", private: true }));
      await writeFile(join(cwd, "emulator.test.js"), SUITE);
      const packages = [`vitest@${version}`, "@aws-sdk/client-medical-imaging", "@aws-sdk/client-s3"];
      const options = ["--no-audit", "--no-fund", "--prefer-offline", "--cache", CACHE];
      await run("npm", ["install", "-D", ...options, ...packages, join(folder, tarball)], { cwd });
      const script = join(cwd, "node_modules/vitest/vitest.mjs");
      await run(process.execPath, [script, "run", "--reporter=json", "--outputFile=report.json"], { cwd });
      expect(JSON.parse(await readFile(join(cwd, "report.json"), "utf8"))).toMatchObject({
        numPassedTests: 1,
        numFailedTests: 0,
      });
    },
    scaled(240_000),
  );
});
