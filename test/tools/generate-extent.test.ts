import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { renderExtent } from "../../tools/extent/render-extent.ts";

const PROGRAM = new URL("../../src/imaging/pixels/extent-program.ts", import.meta.url);

test("the WebAssembly of extent is what its text assembles to", async () => {
  expect(await readFile(PROGRAM, "utf8"), "stale: run node tools/generate-extent.ts").toBe(
    await renderExtent(),
  );
});
