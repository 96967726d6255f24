import { join } from "node:path";
import { expect, test } from "vitest";
import { compile } from "../compile.ts";

test("types of today let through code that was written against those of 0.1.0", async () => {
  expect(await compile(join(import.meta.dirname, "types.ts"))).toBe("");
});
