import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");

/** The mode that git stores for a symbolic link. */
const LINK = "120000";

/** A link may lead to a path that exists on one machine alone; Windows checks links out as text files. */
test("no file of the repository is a symbolic link", () => {
  const entries = execFileSync("git", ["ls-files", "--stage"], { cwd: ROOT, encoding: "utf8" })
    .split("\n")
    .filter((line) => line !== "");
  expect(entries.length).toBeGreaterThan(100);
  expect(entries.filter((line) => line.startsWith(LINK))).toEqual([]);
});
