import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { find, read } from "./pages.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const PAGES = find("docs/contributing/*.md").filter((path) => !path.endsWith("dependencies.md"));

const linksOf = (path: string): string[] =>
  [...read(path).matchAll(/\]\(([^)#:]+)\)/g)].map(([, link = ""]) => join(dirname(path), link));

/** The steps of a trace: lines such as `app/gateway/cors.ts: withCors`, below `src`. */
const stepsOf = (path: string): { readonly file: string; readonly names: readonly string[] }[] =>
  [...read(path).matchAll(/^ *(\S+\.ts): (#?\w+(?:, #?\w+)*)/gm)].map(([, file = "", names = ""]) => ({
    file: `src/${file}`,
    names: names.split(", "),
  }));

describe.each(PAGES)("%s", (path) => {
  test("is short", () => {
    expect(Buffer.byteLength(read(path))).toBeLessThanOrEqual(3_072);
  });

  test("names and links only files and folders that exist", () => {
    const named = [...read(path).matchAll(/`((?:src|test|tools|docs|scenarios)\/[\w./-]*)`/g)];
    const paths = [...named.map(([, name = ""]) => name), ...linksOf(path)];
    // NAME.ts is the file to add.
    const isThere = (name: string): boolean =>
      existsSync(join(ROOT, name.endsWith("/NAME.ts") ? dirname(name) : name));
    expect(paths.filter((name) => !isThere(name))).toEqual([]);
  });

  test("names a constant beside the file that has it", () => {
    const pairs = [...read(path).matchAll(/`([A-Z][A-Z_]{3,})` in `(src\/[\w./-]+\.ts)`/g)];
    expect(pairs.filter(([, name = "", file = ""]) => !read(file).includes(`const ${name}`))).toEqual([]);
  });
});

test.each(["trace-get-image-frame", "trace-import"])(
  "%s has functions that exist, in their files",
  (name) => {
    const steps = stepsOf(`docs/contributing/${name}.md`);
    expect(steps.length).toBeGreaterThan(15);
    const missing = steps.flatMap(({ file, names }) =>
      names.filter(
        (each) => !existsSync(join(ROOT, file)) || !new RegExp(`(?<!\\w)${each}\\b`).test(read(file)),
      ),
    );
    expect(missing).toEqual([]);
  },
);

test("the README links the architecture, and the architecture every other page", () => {
  expect(linksOf("README.md")).toContain("docs/contributing/architecture.md");
  expect(linksOf("README.md")).toContain("docs/contributing/dependencies.md");
  const linked = linksOf("docs/contributing/architecture.md");
  expect(PAGES.filter((path) => !path.endsWith("/architecture.md") && !linked.includes(path))).toEqual([]);
});
