import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { anchorsOf, find, proseOf, read } from "./pages.ts";

const PAGES = [...find("*.md"), ...find("docs/**/*.md"), "test/README.md", ...find("tools/*/README.md")];

/** Where links of a page lead that are not to other sites: `../guide/time.md#hold`, `#hold`. */
const linksOf = (path: string): string[] =>
  [...proseOf(read(path)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => !/^[a-z]+:/.test(link));

function isAlive(path: string, link: string): boolean {
  const [file = "", anchor] = link.split("#");
  const target = file === "" ? path : join(dirname(path), file);
  if (!existsSync(target)) return false;
  return anchor === undefined || anchorsOf(read(target)).includes(anchor);
}

test.each(PAGES)("every link of %s leads to a file and a heading that are there", (path) => {
  expect(linksOf(path).filter((link) => !isAlive(path, link))).toEqual([]);
});

test("docs/README.md lists every page, or a page that it lists does", () => {
  const targetsOf = (path: string): string[] =>
    linksOf(path).map((link) => join(dirname(path), link.split("#")[0] ?? ""));
  const direct = targetsOf("docs/README.md");
  const listed = new Set([...direct, ...direct.filter((path) => path.endsWith(".md")).flatMap(targetsOf)]);
  const missing = find("docs/*/*.md").filter(
    (path) =>
      !(/^docs\/(?:guide|reference|decisions)\//.test(path) ? direct.includes(path) : listed.has(path)),
  );
  expect(missing).toEqual([]);
  expect(linksOf("README.md")).toContain("docs/README.md");
});
