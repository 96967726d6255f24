import { writeFile } from "node:fs/promises";
import { renderExtent } from "./extent/render-extent.ts";

/** Assembles the WebAssembly of `extent`: `node tools/generate-extent.ts` after a change of extent.wat. */
await writeFile(new URL("../src/imaging/pixels/extent-program.ts", import.meta.url), await renderExtent());
