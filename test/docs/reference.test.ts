import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { anchorsOf, find, read } from "./pages.ts";

const PAGES = find("docs/reference/*.md");

describe("a page of the reference", () => {
  test.each(PAGES)("%s has no link that leads nowhere within the reference", (path) => {
    const links = [...read(path).matchAll(/\]\((?:([\w-]+\.md))?#([^)]+)\)/g)];
    const dead = links.filter(([, page = basename(path), anchor = ""]) => {
      const target = `docs/reference/${page}`;
      return !PAGES.includes(target) || !anchorsOf(read(target)).includes(anchor);
    });
    expect(dead.map(([link]) => link)).toEqual([]);
  });
});
