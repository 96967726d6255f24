/**
 * Writes what is generated: from the table of routes under /_local the client's types and pages of docs/reference; the
 * schema of scenarios for editors, as `/_local/schema/scenario.json` serves it; and parts of other pages, such as the
 * table of settings. A release that has published the package says so, and the README tells how to run it:
 *
 *     node tools/generate-control.ts
 *     node tools/generate-control.ts --published --image REGISTRY/OWNER/healthimaging-local
 */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { generateControl } from "./control/generate.ts";
import { generatePages } from "./pages/generate-pages.ts";
import { writePublication } from "./pages/publication.ts";

const ROOT = resolve(import.meta.dirname, "..");
const { published, image } = parseArgs({
  options: { published: { type: "boolean" }, image: { type: "string" } },
}).values;
if (published === true) writePublication({ isPublished: true, image: image ?? null });
for (const [name, content] of [...generateControl(), ...generatePages()])
  writeFileSync(join(ROOT, name), content);
