import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describeApi, CONTROL_ROUTES } from "../../src/local/control/routes/control-routes.ts";
import { PUBLISHED_SCHEMA } from "../../src/local/scenarios/reading/vocabulary.ts";
import { cliPage } from "./cli-page.ts";
import { clientTypes } from "./client-types.ts";
import { controlApiPage } from "./control-api-page.ts";
import { errorsPage } from "./errors-page.ts";
import type { OpenApi } from "./openapi.ts";

/** Every generated file by its path in the repository, as it should be. */
export function generateControl(): ReadonlyMap<string, string> {
  // The document is made of plain values, in the form that OpenApi states.
  const api = describeApi(CONTROL_ROUTES, "") as object as OpenApi;
  return new Map([
    [
      "src/local/sdk/control-operations.ts",
      format("control-operations.ts", clientTypes(api, Object.values(CONTROL_ROUTES))),
    ],
    [
      "scenarios/scenario.schema.json",
      format("scenario.schema.json", JSON.stringify(PUBLISHED_SCHEMA, null, 2)),
    ],
    ["docs/reference/control-api.md", controlApiPage(api)],
    ["docs/reference/cli.md", cliPage()],
    ["docs/reference/errors.md", errorsPage(api)],
  ]);
}

/** Formats code as `npm run format` does. */
function format(name: string, code: string): string {
  const oxfmt = join(createRequire(import.meta.url).resolve("oxfmt/package.json"), "../bin/oxfmt");
  return execFileSync(process.execPath, [oxfmt, "--stdin-filepath", name], { input: code, encoding: "utf8" });
}
