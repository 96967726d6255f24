import { writeFileSync } from "node:fs";
import { renderDictionary } from "./dictionary/render-dictionary.ts";

/** Writes the dictionary's table: `node tools/generate-dictionary.ts` after a change of its sources. */
writeFileSync(
  new URL("../src/imaging/dicom/dictionary/dictionary-table.ts", import.meta.url),
  renderDictionary(),
);
