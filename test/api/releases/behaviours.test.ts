import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import overlay from "../../../src/api/model/seed-overrides.json" with { type: "json" };
import type { NewMembers } from "../../../src/api/releases/behaviour.ts";
import { allRows, behavioursOf } from "../../../src/api/releases/behaviours.ts";
import { resolveRelease, SERVICE_RELEASES } from "../../../src/api/releases/service-release.ts";
import { find, read } from "../../docs/pages.ts";

const ROOT = resolve(import.meta.dirname, "../../..");

test.each(allRows())("the test of the behaviour %s exists", (_, { test: { file, title } }) => {
  expect(existsSync(join(ROOT, file))).toBe(true);
  expect(readFileSync(join(ROOT, file), "utf8")).toContain(`"${title}"`);
});

test.each(allRows())("the behaviour %s has a page of AWS and a date or none", (_, { launched, source }) => {
  expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/healthimaging\/[\w/.-]+\.html$/);
  expect(launched ?? "2024-06-05").toMatch(/^202[4-6]-\d\d-\d\d$/);
});

const pathsOf = (all: readonly NewMembers[], kind: keyof NewMembers): string[] =>
  all
    .flatMap((members) => Object.entries(members[kind] ?? {}))
    .flatMap(([name, paths]) => paths.map((path) => `${name}: ${path}`))
    .toSorted();

test.each(["inputsIgnored", "outputsNeverSent"] as const)(
  "each member that narrows the model (%s) is told by one row",
  (kind) => {
    const brought = allRows().flatMap(([, { brings = {} }]) => [brings]);
    expect(pathsOf(brought, kind)).toEqual(pathsOf([overlay], kind));
  },
);

/** A release in code: a date such as 2024-05-15 is none, and comments name what they cite. */
const RELEASE = new RegExp(`\\b(?:${SERVICE_RELEASES.join("|")})(?!-\\d)`);
const withoutComments = (code: string): string => code.replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");

test("no place of src names a release, besides the table and what is generated", () => {
  const named = find("src/**/*.ts").filter((path) => RELEASE.test(withoutComments(read(path))));
  expect(named).toEqual([
    "src/api/releases/behaviour.ts",
    "src/api/releases/behaviours.ts",
    "src/api/releases/dicomweb-behaviours.ts",
    "src/api/releases/imports.ts",
    "src/api/releases/new-inputs.ts",
    "src/api/releases/not-followed.ts",
    "src/api/releases/service-release.ts",
    "src/local/sdk/control-operations.ts",
  ]);
});

test("latest is another name of the newest release", () => {
  expect(resolveRelease("latest")).toBe(SERVICE_RELEASES.at(-1));
  expect(behavioursOf("2024-05")).not.toEqual(behavioursOf(resolveRelease("latest")));
});
