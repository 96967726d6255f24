import { expect, test } from "vitest";
import { model } from "../../src/api/model/model.ts";
import { read } from "./pages.ts";

test("the page of actions names every action", () => {
  const page = read("docs/reference/actions.md");
  // GetImageSetMetadata does not name GetImageSet.
  const missing = [...model.operations.keys()].filter((action) => !new RegExp(`\\b${action}\\b`).test(page));
  expect(missing).toEqual([]);
});

test("the README says how many actions there are", () => {
  expect(read("README.md")).toContain(`All [${model.operations.size} actions](docs/reference/actions.md)`);
});
