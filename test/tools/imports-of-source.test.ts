import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { importsOfSource } from "../../tools/bundle/imports-of-source.ts";

async function importsOf(code: string) {
  await using folder = await mkdtempDisposable(join(tmpdir(), "imports-of-source-"));
  await writeFile(join(folder.path, "a.ts"), code);
  return await importsOfSource(folder.path);
}

describe("what the build knows of the imports of the source", () => {
  test("is names, whatever they are called there, and defaults, but no types", async () => {
    const found = await importsOf(
      'import yaml, { parse as read, type Node } from "yaml";\nimport {\n  open,\n  close,\n} from "node:fs";\nimport type { Stats } from "node:fs";',
    );
    expect([...found].map(([name, names]) => [name, [...names]])).toEqual([
      ["yaml", ["default", "parse"]],
      ["node:fs", ["open", "close"]],
    ]);
  });

  test.each([
    'import * as fs from "node:fs";',
    'import yaml, * as all from "yaml";',
    'export { open } from "node:fs";',
    'export * from "node:fs";',
  ])("is not all of %s: the bundle would have undefined in its place, so the build ends", async (code) => {
    await expect(importsOf(code)).rejects.toThrow(`expects imports by name, got: ${code.slice(0, -1)}`);
  });

  test.each([
    'export * from "./a.ts";',
    'import type * as all from "yaml";',
    'export type { Node } from "yaml";',
  ])("is not asked of %s", async (code) => {
    await expect(importsOf(code)).resolves.toBeInstanceOf(Map);
  });
});
