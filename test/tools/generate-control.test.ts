import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { generateControl } from "../../tools/control/generate.ts";
import { generatePages } from "../../tools/pages/generate-pages.ts";

const ROOT = resolve(import.meta.dirname, "../..");

test.each([...generateControl(), ...generatePages()])(
  "%s is as npm run generate writes it",
  (name, content) => {
    expect(readFileSync(join(ROOT, name), "utf8")).toBe(content);
  },
);
