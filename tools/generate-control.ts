/**
 * Writes what is generated from the table of routes under /_local: the client's types, and pages of docs/reference;
 * and the schema of scenarios for editors, as `/_local/schema/scenario.json` serves it.
 *
 *     node tools/generate-control.ts
 */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { generateControl } from "./control/generate.ts";

const ROOT = resolve(import.meta.dirname, "..");
for (const [name, content] of generateControl()) writeFileSync(join(ROOT, name), content);
