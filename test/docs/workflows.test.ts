import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const ROOT = resolve(import.meta.dirname, "../..");
const FOLDER = join(ROOT, ".github/workflows");

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly needs?: string | readonly string[];
  readonly "runs-on": string;
  readonly "timeout-minutes"?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: {
    readonly matrix: { readonly os: readonly string[]; readonly node: readonly number[] };
  };
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** Inputs that a workflow here may give an action, from the action.yml of that major version. */
const INPUTS: Readonly<Record<string, readonly string[]>> = {
  "actions/checkout@v6": ["ref", "fetch-depth", "persist-credentials"],
  "actions/setup-node@v6": ["node-version", "cache", "registry-url"],
  "docker/setup-qemu-action@v4": ["platforms"],
  "docker/setup-buildx-action@v4": ["driver"],
  "docker/login-action@v4": ["registry", "username", "password"],
  "docker/build-push-action@v7": ["context", "platforms", "push", "sbom", "provenance", "labels", "tags"],
};
const RUNNERS = /^(ubuntu-24\.04|macos-15|windows-2025|\$\{\{ matrix\.os \}\})$/;

const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  scripts: Readonly<Record<string, string>>;
};
const workflows = readdirSync(FOLDER).map((name) => ({
  name,
  text: readFileSync(join(FOLDER, name), "utf8"),
  workflow: parse(readFileSync(join(FOLDER, name), "utf8")) as Workflow,
}));
const jobsOf = ({ jobs }: Workflow): [string, Job][] => Object.entries(jobs);
const named = (wanted: string): Workflow => {
  const found = workflows.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`no workflow ${wanted}`);
  return found.workflow;
};
const commandsOf = ({ jobs }: Workflow): string =>
  Object.values(jobs)
    .flatMap(({ steps }) => steps.map(({ run = "" }) => run))
    .join("\n");

describe.each(workflows)("the workflow $name", ({ text, workflow }) => {
  test("has jobs that end, on runners of a fixed version, with no right that the workflow has not named", () => {
    expect(workflow.permissions).toEqual({ contents: "read" });
    for (const [name, job] of jobsOf(workflow)) {
      expect(job["runs-on"], name).toMatch(RUNNERS);
      for (const os of job.strategy?.matrix.os ?? []) expect(os).toMatch(RUNNERS);
      expect(job["timeout-minutes"], name).toBeLessThanOrEqual(60);
      for (const needed of [job.needs ?? []].flat()) expect(Object.keys(workflow.jobs)).toContain(needed);
    }
  });

  test("runs scripts of package.json and files of tools that exist", () => {
    const commands = commandsOf(workflow);
    const run = [...commands.matchAll(/\bnpm (?:run ([\w:]+)|(test)\b)/g)].map(
      ([, script, own]) => script ?? own,
    );
    expect(run.filter((script) => scripts[script ?? ""] === undefined)).toEqual([]);
    const files = [...commands.matchAll(/\bnode ([\w/.-]+\.ts)/g)].map(([, file = ""]) => file);
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
    expect(run.length + files.length).toBeGreaterThan(0);
  });

  test("uses actions of a major version, with inputs that they have", () => {
    for (const [name, { steps }] of jobsOf(workflow))
      for (const { uses, run, with: inputs = {} } of steps) {
        expect(
          [uses, run].filter((each) => each !== undefined),
          name,
        ).toHaveLength(1);
        if (uses === undefined) continue;
        expect(Object.keys(INPUTS)).toContain(uses);
        expect(INPUTS[uses]).toEqual(expect.arrayContaining(Object.keys(inputs)));
      }
  });

  test("reads outputs of steps that it has", () => {
    const ids = jobsOf(workflow).flatMap(([, { steps }]) => steps.flatMap(({ id }) => id ?? []));
    const outputs = [...text.matchAll(/steps\.(\w+)\.outputs\.(\w+)/g)];
    for (const [, id, output] of outputs) {
      expect(ids).toContain(id);
      expect(text).toMatch(new RegExp(`echo "${output}(=|<<)`));
    }
  });
});

test("pull requests are tested on three systems with both versions of Node.js", () => {
  const { test: suite } = named("check.yml").jobs;
  expect(suite?.strategy?.matrix).toEqual({
    os: ["ubuntu-24.04", "macos-15", "windows-2025"],
    node: [22, 24],
  });
  const commands = commandsOf(named("check.yml"));
  for (const script of Object.keys(scripts).filter((name) => name.startsWith("check:")))
    expect(commands).toContain(`npm run ${script}`);
  expect(commands).toMatch(/^npm test$/m);
  expect(commands).toMatch(/^npm run test:all$/m);
  expect(commands).toMatch(/^npm audit --omit=dev$/m);
});

test("test:all has the programs of other people that the check on one machine has", () => {
  const onOneMachine = readFileSync(join(ROOT, ".ci/run"), "utf8");
  const [, tools = ""] = /^for tool in (.*); do$/m.exec(onOneMachine) ?? [];
  const packages = tools.split(" ").map((tool) => tool.split(":")[1]);
  expect(packages.length).toBeGreaterThan(5);
  const installed = commandsOf(named("check.yml")).split(/[\s;\\]+/);
  expect(installed).toEqual(expect.arrayContaining(packages));
});

test("other people's clients and the lock file are tried every night", () => {
  const nightly = named("nightly.yml");
  expect(nightly.on).toHaveProperty("schedule");
  expect(commandsOf(nightly)).toMatch(/^npm run test:clients$/m);
  expect(commandsOf(nightly)).toMatch(/^npm run check:licences$/m);
});

test("a release is refused before anything is published, and the README changes after all of it", () => {
  const { on, jobs } = named("release.yml");
  expect(on).toEqual({ push: { tags: ["v*"] } });
  const { check, npm, image, notes, readme } = jobs;
  expect(check?.steps.map(({ run }) => run)).toContain('node tools/release/main.ts check "$GITHUB_REF_NAME"');
  expect([npm?.needs, image?.needs]).toEqual(["check", "check"]);
  expect([notes?.needs, readme?.needs]).toEqual([
    ["npm", "image"],
    ["npm", "image"],
  ]);
  expect(npm?.permissions).toHaveProperty("id-token", "write");
  expect(npm?.steps.map(({ run }) => run)).toContain(
    'npm publish --provenance --access public --tag "$(node tools/release/main.ts npm-tag)"',
  );
  const built = image?.steps.find(({ uses }) => uses?.startsWith("docker/build-push-action@"));
  expect(built?.with).toMatchObject({ platforms: "linux/amd64,linux/arm64", push: true, sbom: true });
});
