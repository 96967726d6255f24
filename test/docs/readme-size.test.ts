import { expect, test } from "vitest";
import { find, read } from "./pages.ts";

const MAX_README_BYTES = 12 * 1024;
/** A page that is longer has two subjects. */
const MAX_GUIDE_BYTES = 16 * 1024;

test("the README is at most 12 KB", () => {
  expect(Buffer.byteLength(read("README.md"))).toBeLessThanOrEqual(MAX_README_BYTES);
});

test.each(find("docs/guide/*.md"))("%s is at most 16 KB", (path) => {
  expect(Buffer.byteLength(read(path))).toBeLessThanOrEqual(MAX_GUIDE_BYTES);
});

test("no page is unfinished", () => {
  const pages = ["README.md", ...find("docs/guide/*.md"), ...find("docs/reference/*.md")];
  const unfinished = pages.filter((path) => /@@|TODO|\bFIXME\b/.test(read(path)));
  expect(unfinished).toEqual([]);
});
