import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fillBlock } from "../pages/marked-block.ts";
import { playStory, STORIES } from "./render-gallery.ts";

/** `node tools/gallery/main.ts` plays each preset and writes what a client sees into docs/guide/scenario-gallery.md. */
const PAGE = resolve(import.meta.dirname, "../../docs/guide/scenario-gallery.md");

for (const name of Object.keys(STORIES))
  writeFileSync(PAGE, fillBlock(readFileSync(PAGE, "utf8"), name, await playStory(name)));
