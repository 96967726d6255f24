import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { model } from "../src/api/model/model.ts";
import { createSampleSeries } from "../src/local/sdk/import/sample-series.ts";
import { DEFAULT_DURATIONS } from "../src/domain/time/durations.ts";
import { openServer } from "./clients.ts";
import { bundled } from "./entry.ts";

const ROOT = resolve(import.meta.dirname, "..");
const readme = readFileSync(join(ROOT, "README.md"), "utf8");

const snippets = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);

/** The package's main module, as code of the README names it. */
const withBundle = (code: string): string =>
  code.replace('"healthimaging-local"', JSON.stringify(bundled("index.js")));

async function run(code: string): Promise<string> {
  const args = ["--input-type=module-typescript", "--no-warnings", "--eval", code];
  return (await promisify(execFile)(process.execPath, args, { cwd: ROOT })).stdout;
}

test("the README's code runs as it stands", async () => {
  // A new data store is CREATING for a while, as it is for a reader.
  await using sandbox = await openServer({ durations: DEFAULT_DURATIONS });
  const code = snippets[0]?.replace("http://127.0.0.1:4464", sandbox.emulator.url) ?? "";
  expect(await run(code)).toBe("CREATING\n");
});

test("the README's code without a port runs as it stands", async () => {
  expect(await run(withBundle(snippets[1] ?? ""))).toBe("[]\n");
});

test("the README's reset of one account runs as it stands", async () => {
  const code = snippets.find((snippet) => snippet.includes("control.reset(")) ?? "";
  expect(await run(withBundle(code))).toBe("0\n1\n");
});

test("the README's report runs as it stands", async () => {
  const code = snippets.find((snippet) => snippet.includes("control.report(")) ?? "";
  expect(await run(withBundle(code))).toBe("2\n1 1 2\n");
});

test("the README's night ends as its scenario expects", async () => {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [dicom, scenario] = [join(folder, "my-dicom"), join(folder, "nightly.yaml")];
  await mkdir(dicom);
  for (const { name, bytes } of createSampleSeries(5)) await writeFile(join(dicom, name), bytes);
  await writeFile(scenario, /```yaml\n(description: A night [\s\S]*?)```/.exec(readme)?.[1] ?? "");
  const firstFrame = snippets.find((snippet) => snippet.includes("export async function firstFrame")) ?? "";
  const code = snippets.find((snippet) => snippet.includes("scenarios.verify(")) ?? "";
  const here = withBundle(code)
    .replace(/^import { firstFrame } .*$/m, firstFrame.replace("export ", ""))
    .replace("./nightly.yaml", scenario)
    .replaceAll("./my-dicom", dicom);
  expect(await run(here)).toBe("true []\n");
});

test("the README's snapshot runs as it stands", async () => {
  const code = snippets.find((snippet) => snippet.includes("snapshots.restore(")) ?? "";
  const file = join(await mkdtemp(join(tmpdir(), "healthimaging-local-test-")), "demo.tar.gz");
  onTestFinished(() => rm(dirname(file), { recursive: true }));
  const here = withBundle(code).replaceAll('"demo.tar.gz"', JSON.stringify(file));
  expect(await run(here)).toBe("demo\n1 data stores\n");
});

test("the README's reset is accepted as it stands", async () => {
  await using sandbox = await openServer();
  const body = /\/_local\/reset -d '([^']+)'/.exec(readme)?.[1];
  const response = await fetch(`${sandbox.emulator.url}/_local/reset`, { method: "POST", body });
  const answer = /answers `([^`]+)` when it is done/.exec(readme)?.[1] ?? "";
  expect([response.status, await response.json()]).toEqual([200, JSON.parse(answer)]);
});

test("the README's code that stops time runs as it stands", async () => {
  const code = snippets.find((snippet) => snippet.includes('"advance"')) ?? "";
  expect(await run(withBundle(code))).toBe("CREATING ACTIVE\nDELETED\n");
});

test("the README's change of limits is accepted as it stands", async () => {
  await using sandbox = await openServer();
  const body = /\/_local\/limits -d '([^']+)'/.exec(readme)?.[1];
  const response = await fetch(`${sandbox.emulator.url}/_local/limits`, { method: "POST", body });
  expect([response.status, await response.json()]).toMatchObject([
    200,
    { throttling: "off", deny: ["medical-imaging:DeleteImageSet"] },
  ]);
});

test("each code block of the README and the pages names a test, which runs it", () => {
  const pages = ["README.md", "docs/clients.md"].map((name) => readFileSync(join(ROOT, name), "utf8"));
  const blocks = pages.flatMap((page) => [...page.matchAll(/(.*)\n```(ts|python|sh)\n(.*)/g)]);
  const unmarked = blocks.filter(([, before = ""]) => !before.startsWith("<!-- test/"));
  // Each starts something that stays, builds or installs: what they do is tested without this shell.
  expect(unmarked.map(([, , language, first]) => [language, first?.split(/ {2,}/)[0]])).toEqual([
    ["sh", "npm install && npm start"],
    [
      "sh",
      "docker build -t healthimaging-local . && docker run --rm -p 127.0.0.1:4464:4464 healthimaging-local",
    ],
    ["sh", "npm pack"],
    ["sh", "npm start -- --scenario import-partial"],
    ["sh", "npm test"],
  ]);
  for (const [, before = ""] of blocks) {
    const name = /^<!-- (\S+) runs this block -->$/.exec(before)?.[1];
    if (name !== undefined) expect(readFileSync(join(ROOT, name), "utf8")).toMatch(/README.md|clients.md/);
  }
});

test("the README has no unfinished part", () => {
  expect(readme).not.toMatch(/@@|TODO/);
});

test("the README names every action, and the page of packages", () => {
  for (const action of model.operations.keys()) expect(readme).toContain(action);
  expect(readme).toContain("(docs/contributing/dependencies.md)");
});
