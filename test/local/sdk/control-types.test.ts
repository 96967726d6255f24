import { join } from "node:path";
import { expect, test } from "vitest";
import { compile } from "../../compile.ts";

test("types of the client let through what /_local takes, and refuse what it refuses", async () => {
  expect(await compile(join(import.meta.dirname, "control-types.ts"))).toBe("");
});
