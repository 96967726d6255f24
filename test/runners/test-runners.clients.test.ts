import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readDocuments } from "../documents.ts";
import { scaled } from "../setup/timeouts.ts";
import { isRegistryThere, ScratchProjects } from "./scratch-project.ts";

const PAGE = resolve(import.meta.dirname, "../../docs/guide/test-runners.md");
const TSC = resolve(import.meta.dirname, "../../node_modules/typescript/bin/tsc");
if (!isRegistryThere) process.stderr.write("SKIPPED: test runners of other projects; no npm registry\n");

const TIMEOUT = { timeout: scaled(400_000) };

describe.skipIf(!isRegistryThere).concurrent("the package, as the guide says it", () => {
  let projects: ScratchProjects;
  beforeAll(async () => {
    projects = await ScratchProjects.open(PAGE);
  }, scaled(60_000));
  afterAll(() => projects[Symbol.asyncDispose]());

  test.each(["2", "3", "4", "5"])(
    "installs beside Vitest %s and gives its tests emulators",
    TIMEOUT,
    async (version) => {
      const also = ["@types/node"];
      const project = await projects.create(`vitest-${version}`, "Vitest", {
        versions: { vitest: version },
        also,
      });
      expect(await project.runTests()).toMatch(/Tests {2}2 passed \(2\)/);
      // Declarations of Vitest itself are not checked.
      const options = "--noEmit --strict --skipLibCheck --module nodenext --target es2024 --types node";
      expect(await project.run(`node ${TSC} --ignoreConfig ${options} imaging.test.ts`)).toBe("");
    },
  );

  test.each(["29", "30"])(
    "installs beside Jest %s and loads with require, without a flag",
    TIMEOUT,
    async (version) => {
      const project = await projects.create(`jest-${version}`, "Jest", { versions: { jest: version } });
      expect(await project.runTests()).toContain("Tests:       2 passed, 2 total");
    },
  );

  test.each(["29", "30"])("installs beside Jest %s and loads as ES modules", TIMEOUT, async (version) => {
    const versions = { jest: version };
    const project = await projects.create(`jest-${version}-modules`, "Jest with ES modules", { versions });
    expect(await project.runTests()).toContain("Tests:       2 passed, 2 total");
  });

  test("installs beside Jest 30 with ts-jest and loads without a flag", TIMEOUT, async () => {
    const project = await projects.create("jest-typescript", "Jest with TypeScript", {
      versions: { jest: "30" },
    });
    expect(await project.runTests()).toContain("Tests:       2 passed, 2 total");
  });

  test("gives tests of node:test emulators", TIMEOUT, async () => {
    const project = await projects.create("node-test", "node:test");
    expect(await project.runTests()).toMatch(/^. pass 2$/m);
  });

  test("installs beside Mocha and gives its tests emulators", TIMEOUT, async () => {
    const project = await projects.create("mocha", "Mocha");
    expect(await project.runTests()).toContain("2 passing");
  });
});

test("each block of the page that names this file belongs to a runner of this file", () => {
  const [today] = readDocuments();
  expect(today?.of(import.meta.filename)).toHaveLength(2 * 6);
});
