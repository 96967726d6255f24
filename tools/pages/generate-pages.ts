import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { defaultsTable } from "./defaults-table.ts";
import packageJson from "../../package.json" with { type: "json" };
import { imageBlock, installBlock, packageBlock } from "./install-block.ts";
import { fillBlock } from "./marked-block.ts";
import { type Publication, readPublication } from "./publication.ts";
import { releasesPage } from "./releases-page.ts";
import { settingsTable } from "./settings-table.ts";
import { statusesPage } from "./statuses-page.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/**
 * Pages that people write, with the parts that are generated as they should be, and the pages of releases and statuses: by path in
 * the repository.
 */
export function generatePages(publication: Publication = readPublication()): ReadonlyMap<string, string> {
  const blocks: readonly (readonly [path: string, name: string, content: string])[] = [
    ["README.md", "install", installBlock(publication)],
    ["docs/guide/in-tests.md", "install", packageBlock(publication, packageJson.version)],
    ["docs/guide/containers.md", "image", imageBlock(publication)],
    ["docs/reference/settings.md", "settings", settingsTable()],
    ["docs/decisions/defaults.md", "defaults", defaultsTable(read("Dockerfile"))],
  ];
  const filled = blocks.map(([path, name, content]) => [path, fillBlock(read(path), name, content)] as const);
  return new Map([
    ...filled,
    ["docs/reference/releases.md", releasesPage()],
    ["docs/reference/statuses.md", statusesPage()],
  ]);
}
