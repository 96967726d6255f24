import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

type Manifest = Readonly<Record<string, unknown>>;

const readJson = (name: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, "..", name), "utf8"));
const manifest = readJson("package.json") as Manifest;
const { packages } = readJson("package-lock.json") as { packages: Readonly<Record<string, Manifest>> };

/** What `npm install` copies from the one file into the other. */
test.each([
  "name",
  "version",
  "license",
  "bin",
  "engines",
  "dependencies",
  "devDependencies",
  "optionalDependencies",
  "peerDependencies",
  "peerDependenciesMeta",
])("package-lock.json has the %s of package.json, so npm install leaves it unchanged", (field) => {
  expect(packages[""]?.[field]).toEqual(manifest[field]);
});
