import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { importsOfSource } from "../../tools/bundle/imports-of-source.ts";

async function importsOf(code: string) {
  const folder = await mkdtemp(join(tmpdir(), "imports-of-source-"));
  try {
    await writeFile(join(folder, "a.ts"), code);
    return await importsOfSource(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("the build's reader of imports", () => {
  test("lists exported names and defaults, but no types and no local names", async () => {
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
  ])("ends the build for %s, since the bundle would have undefined in its place", async (code) => {
    await expect(importsOf(code)).rejects.toThrow(`expects imports by name, got: ${code.slice(0, -1)}`);
  });

  test.each([
    'export * from "./a.ts";',
    'import type * as all from "yaml";',
    'export type { Node } from "yaml";',
  ])("ignores %s", async (code) => {
    await expect(importsOf(code)).resolves.toBeInstanceOf(Map);
  });
});
