import { expect, test } from "vitest";
import { find, read } from "./pages.ts";

/** Both are such a list from their first line to their last. */
const LISTS = new Set(["docs/guide/doctor.md", "docs/guide/troubleshooting.md"]);
const pages = find("docs/guide/*.md").filter((path) => !LISTS.has(path));

test.each(pages)("%s says what to do where it does not work, for five messages or more", (path) => {
  const [, rows = ""] =
    /^\| (?:what )?(?:you see|a program says) \|.*\n\|[ -|]+\n((?:\|.*\n)+)/m.exec(read(path)) ?? [];
  const messages = rows.match(/^\|/gm) ?? [];
  expect(messages.length).toBeGreaterThanOrEqual(5);
});
