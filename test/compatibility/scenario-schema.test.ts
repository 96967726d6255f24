import { expect, test } from "vitest";
import published from "../../scenarios/scenario.schema.json" with { type: "json" };
import released from "../fixtures/0.1.0/public/scenario.schema.json" with { type: "json" };
import { QUOTA_ALIASES } from "../../src/api/limits/quota-names.ts";

/** What the schema has and 0.1.0's had not: by the name of the member or the value, each in one place. */
const ADDED: ReadonlySet<string> = new Set([
  "InvalidSignatureException",
  "multipart",
  "study",
  "series",
  "instance",
  ...QUOTA_ALIASES.keys(),
]);

interface Found {
  readonly schema: unknown;
  readonly added: readonly string[];
}

/** Without prose and additions, of which each is told. */
function compare(schema: unknown): Found {
  const added: string[] = [];
  const isNew = (name: unknown): boolean => {
    if (typeof name !== "string" || !ADDED.has(name)) return false;
    added.push(name);
    return true;
  };
  const without = (value: unknown, isNamed = false): unknown => {
    if (Array.isArray(value)) return value.filter((item) => !isNew(item)).map((item) => without(item));
    if (typeof value !== "object" || value === null) return value;
    const members = Object.entries(value).filter(
      ([name]) => isNamed || !["description", "title", "$comment"].includes(name),
    );
    // The names of properties are no keywords: one may be called "description".
    return Object.fromEntries(
      members
        .filter(([name]) => !isNew(name))
        .map(([name, member]) => [name, without(member, name === "properties" && !isNamed)]),
    );
  };
  return { schema: without(schema), added };
}

test("the schema of scenarios is 0.1.0's, but for prose and what was added", () => {
  const today = compare(published);
  expect(today.schema).toEqual(compare(released).schema);
  expect(today.added.toSorted()).toEqual([...ADDED].toSorted());
  expect(compare(released).added).toEqual([]);
});
