import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { renderDictionary } from "../../tools/dictionary/render-dictionary.ts";

const TABLE = new URL("../../src/imaging/dicom/dictionary/dictionary-table.ts", import.meta.url);

test("the dictionary's table is what its generator makes of its sources", async () => {
  expect(await readFile(TABLE, "utf8"), "stale: run node tools/generate-dictionary.ts").toBe(
    renderDictionary(),
  );
});

test("the dictionary's table carries the licence of its source", async () => {
  const [head = ""] = (await readFile(TABLE, "utf8")).split("export");
  expect(head).toContain("@license @iwharris/dicom-data-dictionary: MIT License");
  expect(head).toContain("Copyright (c) 2019 Ian Harris");
  expect(head).toContain("The above copyright notice and this permission notice shall be included");
});
