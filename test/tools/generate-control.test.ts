import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { generateControl } from "../../tools/control/generate.ts";

const ROOT = resolve(import.meta.dirname, "../..");

test.each([...generateControl()])("%s is as npm run generate writes it", (name, content) => {
  expect(readFileSync(join(ROOT, name), "utf8")).toBe(content);
});
