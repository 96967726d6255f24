import { basename } from "node:path";
import { expect, test } from "vitest";
import { playStory, STORIES } from "../../tools/gallery/render-gallery.ts";
import { fillBlock } from "../../tools/pages/marked-block.ts";
import { find, read } from "./pages.ts";

const PAGE = "docs/guide/scenario-gallery.md";
const presets = find("scenarios/*.yaml").map((path) => basename(path, ".yaml"));

test("the gallery has a story for every preset, and no other", () => {
  expect(Object.keys(STORIES).toSorted()).toEqual(presets.toSorted());
});

test.each(presets)("the gallery shows what a client sees under %s", async (name) => {
  const page = read(PAGE);
  expect(fillBlock(page, name, await playStory(name))).toBe(page);
});
