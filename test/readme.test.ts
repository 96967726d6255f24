import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createSampleSeries } from "../src/local/sdk/import/sample-series.ts";
import { DEFAULT_DURATIONS } from "../src/domain/time/durations.ts";
import { openServer } from "./clients.ts";
import { read } from "./docs/pages.ts";
import { readDocuments, withCode } from "./documents.ts";
import { bundled } from "./entry.ts";
import { runTypeScript } from "./setup/typescript-process.ts";

const ROOT = resolve(import.meta.dirname, "..");

/** Of today, and of 0.1.0 where its blocks are other ones. */
const documents = readDocuments();

/** The package's main module, as code of the README names it. */
const withBundle = (code: string): string =>
  code.replace('"healthimaging-local"', JSON.stringify(bundled("index.js")));

const run = (code: string): Promise<string> => runTypeScript(code, ROOT);

const FIRST = "new GetDatastoreCommand({ datastoreId })";
test.each(withCode(documents, FIRST))(
  "the README's code runs as it stands (of $version)",
  async (edition) => {
    // A new data store is CREATING for a while, as it is for a reader.
    await using sandbox = await openServer({ durations: DEFAULT_DURATIONS });
    const code = edition.run(FIRST).replace("http://127.0.0.1:4464", sandbox.emulator.url);
    expect(await run(code)).toBe("CREATING\n");
  },
);

const WITHOUT_PORT = "const { requestHandler } = emulator;";
test.each(withCode(documents, WITHOUT_PORT))(
  "the README's code without a port runs as it stands (of $version)",
  async (edition) => {
    expect(await run(withBundle(edition.run(WITHOUT_PORT)))).toBe("[]\n");
  },
);

const RESET = "control.reset(";
test.each(withCode(documents, RESET))(
  "the README's reset of one account runs as it stands (of $version)",
  async (edition) => {
    expect(await run(withBundle(edition.run(RESET)))).toBe("0\n1\n");
  },
);

const REPORT = "control.report(";
test.each(withCode(documents, REPORT))(
  "the README's report runs as it stands (of $version)",
  async (edition) => {
    expect(await run(withBundle(edition.run(REPORT)))).toBe("2\n1 1 2\n");
  },
);

const [NIGHT, NIGHTLY] = ["scenarios.verify(", "description: A night "];
test.each(withCode(documents, NIGHT, NIGHTLY))(
  "the README's night ends as its scenario expects (of $version)",
  async (edition) => {
    const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const [dicom, scenario] = [join(folder, "my-dicom"), join(folder, "nightly.yaml")];
    await mkdir(dicom);
    for (const { name, bytes } of createSampleSeries(5)) await writeFile(join(dicom, name), bytes);
    await writeFile(scenario, edition.run(NIGHTLY));
    const firstFrame = edition.run("export async function firstFrame");
    const here = withBundle(edition.run(NIGHT))
      .replace(/^import { firstFrame } .*$/m, firstFrame.replace("export ", ""))
      .replace("./nightly.yaml", scenario)
      .replaceAll("./my-dicom", dicom);
    expect(await run(here)).toBe("true []\n");
  },
);

const SNAPSHOT = "snapshots.restore(";
test.each(withCode(documents, SNAPSHOT))(
  "the README's snapshot runs as it stands (of $version)",
  async (edition) => {
    const file = join(await mkdtemp(join(tmpdir(), "healthimaging-local-test-")), "demo.tar.gz");
    onTestFinished(() => rm(dirname(file), { recursive: true }));
    const here = withBundle(edition.run(SNAPSHOT)).replaceAll('"demo.tar.gz"', JSON.stringify(file));
    expect(await run(here)).toBe("demo\n1 data stores\n");
  },
);

test("the README's reset is accepted as it stands", async () => {
  await using sandbox = await openServer();
  const page = read("docs/guide/reset.md");
  const body = /\/_local\/reset -d '([^']+)'/.exec(page)?.[1];
  const response = await fetch(`${sandbox.emulator.url}/_local/reset`, { method: "POST", body });
  const answer = /The answer is `([^`]+)`/.exec(page)?.[1] ?? "";
  expect([response.status, await response.json()]).toEqual([200, JSON.parse(answer)]);
});

const TIME = 'action: "advance"';
test.each(withCode(documents, TIME))(
  "the README's code that stops time runs as it stands (of $version)",
  async (edition) => {
    expect(await run(withBundle(edition.run(TIME)))).toBe("CREATING ACTIVE\nDELETED\n");
  },
);

const DECODE = "new HTJ2KDecoder()";
test.each(withCode(documents, DECODE))(
  "the guide's code for viewers decodes a frame as it stands (of $version)",
  async (edition) => {
    const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    for (const { name, bytes } of createSampleSeries(1)) await writeFile(join(folder, name), bytes);
    const firstFrame = edition.run("export async function firstFrame").replace("export ", "");
    const here = withBundle(edition.run(DECODE))
      .replace(/^import { firstFrame } .*$/m, firstFrame)
      .replaceAll("./my-dicom", folder);
    expect(await run(here)).toBe("256 256 12 true\n131072\n");
  },
);

const AGAIN = "imageSets[0]?.imageSetVersion";
test.each(withCode(documents, AGAIN))(
  "the guide's code that imports a series again runs as it stands (of $version)",
  async (edition) => {
    const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    for (const { name, bytes } of createSampleSeries(2)) await writeFile(join(folder, name), bytes);
    expect(await run(withBundle(edition.run(AGAIN)).replaceAll("./my-dicom", folder))).toBe("true 2\n");
  },
);

const CONTROL = "control.health()).status";
test.each(withCode(documents, CONTROL))(
  "the guide's code for ControlClient runs as it stands (of $version)",
  async (edition) => {
    expect(await run(withBundle(edition.run(CONTROL)))).toBe("ok\n");
  },
);

const RELEASE = "serviceRelease: ";
test.each(withCode(documents, RELEASE))(
  "the guide's code that chooses a service release runs as it stands (of $version)",
  async (edition) => {
    expect(await run(withBundle(edition.run(RELEASE)))).toBe("2026-06\n");
  },
);

test("each block of the README that names this file has been run", () => {
  expect(documents.flatMap((edition) => edition.notRun(import.meta.filename))).toEqual([]);
});

test("the README's change of limits is accepted as it stands", async () => {
  await using sandbox = await openServer();
  const body = /\/_local\/limits -d '([^']+)'/.exec(read("docs/guide/limits.md"))?.[1];
  const response = await fetch(`${sandbox.emulator.url}/_local/limits`, { method: "POST", body });
  expect([response.status, await response.json()]).toMatchObject([
    200,
    { throttling: "off", deny: ["medical-imaging:DeleteImageSet"] },
  ]);
});
