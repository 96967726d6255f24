import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Program } from "./program.ts";

const TSC = createRequire(import.meta.url)
  .resolve("typescript/package.json")
  .replace("package.json", "bin/tsc");

/** The declarations of each entry of the package. */
const ENTRIES: Readonly<Record<string, string>> = {
  ".": "index",
  "./client": "client",
  "./testcontainers": "client/testcontainers",
  "./vitest": "vitest",
};
/** Parts of ControlClient that have no type of their own. */
const PARTS = ["clock", "durations", "limits", "requests", "resources", "scenarios", "snapshots"];

/** Writes what users can name: the README, the help, the routes, the exports with their members. */
export async function writePublicSurface(program: Program, checkout: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  const readme = await readFile(join(checkout, "README.md"), "utf8");
  await writeFile(join(target, "README.md"), readme);
  await writeFile(join(target, "help.txt"), execFileSync(process.execPath, [program.cli, "--help"]));
  await writeJson(join(target, "routes.json"), await readRoutes(program));
  execFileSync(process.execPath, ["tools/types.ts", "types"], { cwd: checkout, stdio: "inherit" });
  await writeJson(join(target, "exports.json"), await readExports(checkout));
  await copyDeclarations(join(checkout, "types"), join(target, "declarations"), "index.d.ts");
  await copyFile(join(checkout, "scenarios/scenario.schema.json"), join(target, "scenario.schema.json"));
}

/** A file of declarations, and each one that it imports. */
async function copyDeclarations(from: string, to: string, name: string): Promise<void> {
  if (existsSync(join(to, name))) return;
  const text = await readFile(join(from, name), "utf8");
  await mkdir(dirname(join(to, name)), { recursive: true });
  await writeFile(join(to, name), text);
  for (const [, path = ""] of text.matchAll(/(?:from |import\()"(\.[^"]+)\.js"/g))
    await copyDeclarations(from, to, join(dirname(name), `${path}.d.ts`));
}

const writeJson = (path: string, value: unknown): Promise<void> =>
  writeFile(path, `${JSON.stringify(value, null, 2)}\n`);

/** The routes that the 404 of an unknown route lists. */
async function readRoutes({ createEmulator }: Program): Promise<unknown> {
  const emulator = await createEmulator({});
  const request = { method: "GET", path: "/_local/unknown", query: "", headers: {}, whenGone: () => {} };
  const { body } = await emulator.handle({ ...request, body: (async function* () {})() });
  await emulator.close();
  if (typeof body !== "string") throw new Error("the answer of an unknown route is JSON");
  return (JSON.parse(body) as { available: string[] }).available;
}

/** By entry and name, the names of members. */
async function readExports(checkout: string): Promise<Record<string, Record<string, string[]>>> {
  const exports: Record<string, Record<string, string[]>> = {};
  for (const [entry, file] of Object.entries(ENTRIES)) {
    const text = await readFile(join(checkout, "types", `${file}.d.ts`), "utf8");
    const names = namesOf(text);
    if (names.includes("ControlClient")) names.push(...PARTS.map((part) => `ControlClient["${part}"]`));
    exports[entry] = await readMembers(checkout, file, names.toSorted());
  }
  return exports;
}

const namesOf = (declarations: string): string[] => [
  ...[...declarations.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, list = ""]) =>
    [...list.matchAll(/\w+(?=,|$| *\n|\s*$)/g)].map(([name]) => name),
  ),
  ...[...declarations.matchAll(/^export (?:declare )?(?:interface|type|class|function|const) (\w+)/gm)].map(
    ([, name = ""]) => name,
  ),
];

/** The compiler names the members of a type in what it says of a number in the place of their names. */
async function readMembers(
  checkout: string,
  file: string,
  names: string[],
): Promise<Record<string, string[]>> {
  const code = [
    `import type { GenericContainer, AbstractStartedContainer } from "testcontainers";`,
    "type Inherited = keyof GenericContainer | keyof AbstractStartedContainer;",
    "type Of<T> = T extends GenericContainer | AbstractStartedContainer ? Exclude<keyof T, Inherited> : keyof T;",
    "type Members<T> = `=${Extract<T extends unknown ? Of<T> : never, string>}`;",
    ...names.map((name) =>
      /^[a-z]/.test(name)
        ? `export { ${name} } from "./types/${file}.js";`
        : `export const $${names.indexOf(name)}: Members<import("./types/${file}.js").${name}> = 0;`,
    ),
  ];
  const path = join(checkout, "members.ts");
  await writeFile(path, code.join("\n"));
  const options =
    "--ignoreConfig --noEmit --module nodenext --target es2024 --lib esnext --types node --strict --skipLibCheck --noErrorTruncation --pretty false";
  const { stdout } = spawnSync(process.execPath, [TSC, ...options.split(" "), path], {
    cwd: checkout,
    encoding: "utf8",
  });
  await rm(path);
  return Object.fromEntries(
    names.map((name) => {
      const line = new RegExp(
        `^members\\.ts\\(${code.findIndex((text) => text.includes(`.${name}>`)) + 1},.*$`,
        "m",
      );
      const found = line.exec(stdout)?.[0] ?? "";
      return [name, [...found.matchAll(/"=(\w+)"/g)].map(([, member = ""]) => member).toSorted()];
    }),
  );
}
