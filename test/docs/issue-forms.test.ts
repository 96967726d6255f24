import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const FOLDER = resolve(import.meta.dirname, "../../.github/ISSUE_TEMPLATE");

interface Field {
  readonly type: string;
  readonly id?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}
interface Form {
  readonly name: string;
  readonly description: string;
  readonly body: readonly Field[];
}

/** Of the types of fields that forms have, what each must have. */
const REQUIRED: Readonly<Record<string, string>> = {
  markdown: "value",
  input: "label",
  textarea: "label",
  dropdown: "options",
  checkboxes: "options",
};

const forms = readdirSync(FOLDER).filter((name) => name !== "config.yml");

describe.each(forms)("the issue form %s", (name) => {
  const form = parse(readFileSync(join(FOLDER, name), "utf8")) as Form;

  test("has a name, a description and fields of known types", () => {
    expect([form.name, form.description].every((text) => text.length > 5)).toBe(true);
    for (const { type, attributes } of form.body)
      expect(attributes).toHaveProperty(REQUIRED[type] ?? `a field of the type ${type}`);
  });

  test("has a different id for each field that is filled in", () => {
    const fields = form.body.filter(({ type }) => type !== "markdown");
    const ids = fields.map(({ id }) => id);
    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(fields.length);
  });
});

test("a report is told to carry no patients' data", () => {
  expect(readFileSync(join(FOLDER, "bug.yml"), "utf8")).toContain("Do not attach patients' data");
});
