import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readDocuments } from "../documents.ts";
import { scaled } from "../setup/timeouts.ts";
import { isRegistryThere, type ScratchProject, ScratchProjects } from "./scratch-project.ts";

const PAGE = resolve(import.meta.dirname, "../../docs/guide/test-runners.md");
if (!isRegistryThere) process.stderr.write("SKIPPED: TypeScript of other projects; no npm registry\n");

/** Options of the compiler, and the file's extension, which says what it is compiled to. */
const RESOLUTIONS = [
  ["node16", { module: "node16" }, "mts"],
  ["node16", { module: "node16" }, "cts"],
  ["nodenext", { module: "nodenext" }, "mts"],
  ["nodenext", { module: "nodenext" }, "cts"],
  ["bundler", { module: "esnext", moduleResolution: "bundler" }, "ts"],
] as const;
/** The default of `module: commonjs`, which TypeScript 7 no longer has: it reads no `exports`. */
const NODE10 = ["node10", { module: "commonjs", moduleResolution: "node10" }, "ts"] as const;

const HOVER = `
const ts = require("typescript");
const { readFileSync } = require("node:fs");
const options = { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, strict: true, types: ["node"] };
const service = ts.createLanguageService({
  getCompilationSettings: () => options,
  getScriptFileNames: () => ["hover.mts"],
  getScriptVersion: () => "1",
  getScriptSnapshot: (file) => ts.sys.fileExists(file) ? ts.ScriptSnapshot.fromString(readFileSync(file, "utf8")) : undefined,
  getCurrentDirectory: () => process.cwd(),
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: ts.sys.fileExists,
  readFile: ts.sys.readFile,
  readDirectory: ts.sys.readDirectory,
  directoryExists: ts.sys.directoryExists,
  getDirectories: ts.sys.getDirectories,
});
const { displayParts } = service.getQuickInfoAtPosition("hover.mts", readFileSync("hover.mts", "utf8").indexOf("test"));
console.log(displayParts.map(({ text }) => text).join(""));
`;

describe.skipIf(!isRegistryThere)("the types of the package", () => {
  let projects: ScratchProjects;
  const projectOf = new Map<string, Promise<ScratchProject>>();
  beforeAll(async () => {
    projects = await ScratchProjects.open(PAGE);
    for (const version of ["5", "7"]) {
      const also = ["vitest@5", "@aws-sdk/client-s3"];
      const installed = { versions: { typescript: version }, also };
      projectOf.set(version, projects.create(`typescript-${version}`, "TypeScript", installed));
    }
    await Promise.all(projectOf.values());
  }, scaled(300_000));
  afterAll(() => projects[Symbol.asyncDispose]());

  describe.each(["5", "7"])("TypeScript %s", { timeout: scaled(120_000) }, (version) => {
    const open = async (): Promise<ScratchProject> => {
      const project = await projectOf.get(version);
      if (project === undefined) throw new Error(`there is no project of TypeScript ${version}`);
      return project;
    };

    test.each(version === "5" ? [...RESOLUTIONS, NODE10] : RESOLUTIONS)(
      "finds the types of the package by %s (%o, .%s), and what it makes runs",
      async (_, options, extension) => {
        const project = await open();
        const name = `${options.module}-${extension}`;
        await project.run(`cp imaging.ts ${name}.${extension}`);
        const compilerOptions = {
          ...options,
          target: "es2022",
          lib: ["esnext"],
          types: ["node"],
          strict: true,
        };
        const config = JSON.stringify({ compilerOptions, files: [`${name}.${extension}`] });
        await writeFile(join(project.folder, "tsconfig.json"), config);
        expect(await project.runTests()).toBe("");
        const compiled = `${name}.${extension.replace("ts", "js")}`;
        // Node.js takes the modules of a bundler's file for what they are.
        expect(await project.run(`node --no-warnings ${compiled}`)).toBe("0 data stores\n");
      },
    );
  });

  test("an editor shows the test of healthimaging-local/vitest as one interface", async () => {
    const project = await projectOf.get("5");
    if (project === undefined) throw new Error("there is no project of TypeScript 5");
    const { folder } = project;
    await writeFile(
      join(folder, "hover.mts"),
      `import { test } from "healthimaging-local/vitest";\nvoid test;\n`,
    );
    await writeFile(join(folder, "hover.cjs"), HOVER);
    expect(await project.run("node hover.cjs")).toMatch(/\bconst test: HealthImagingTest\n/);
  });
});

test("the block of the page that names this file is what is compiled", () => {
  const [today] = readDocuments();
  expect(today?.of(import.meta.filename)).toHaveLength(2);
});
