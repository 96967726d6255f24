import { writeFileSync } from "node:fs";
import { PUBLISHED_SCHEMA } from "../src/local/scenarios/reading/vocabulary.ts";

/** Writes the schema of scenarios for editors, as `/_local/schema/scenario.json` serves it. */
writeFileSync("scenarios/scenario.schema.json", `${JSON.stringify(PUBLISHED_SCHEMA, null, 2)}\n`);
