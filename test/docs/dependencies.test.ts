import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { BUNDLE } from "../entry.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const readJson = async <T>(...path: string[]): Promise<T> =>
  JSON.parse(await readFile(join(...path), "utf8")) as T;

type Names = Readonly<Record<string, string>>;
const manifest = await readJson<{ dependencies: Names; devDependencies: Names; peerDependencies: Names }>(
  ROOT,
  "package.json",
);
const { dependencies, devDependencies, peerDependencies } = manifest;

/** The cells of the page's rows, by the package that is in the first. */
const page = await readFile(join(ROOT, "docs/contributing/dependencies.md"), "utf8");
const rows = new Map(
  [...page.matchAll(/^\| `(@?[\w./-]+)` \|(.*)\|$/gm)].map(([, name = "", cells = ""]) => [
    name,
    cells.split("|").map((cell) => cell.trim()),
  ]),
);

/** Names of the packages that are bundled, by the SBOM. */
async function bundledNames(): Promise<Set<string>> {
  const { components } = await readJson<{
    components: { group?: string; name: string; properties?: object }[];
  }>(BUNDLE ?? "", "sbom.cdx.json");
  const bundled = components.filter(({ properties }) => properties !== undefined);
  return new Set(bundled.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`)));
}

test("the page of dependencies has a row for each package of package.json, and for no other", () => {
  const names = new Set([...Object.keys(dependencies), ...Object.keys(devDependencies)]);
  expect([...rows.keys()].toSorted()).toEqual([...names].toSorted());
});

test("the page of dependencies says where each package is, as package.json and the bundle have it", async () => {
  const bundled = await bundledNames();
  const places = (name: string): string => {
    const found = [
      ...(bundled.has(name) ? ["bundled"] : []),
      ...(name in dependencies ? ["installed"] : []),
      ...(name in peerDependencies ? ["peer"] : []),
    ];
    return found.length === 0 ? "development" : found.join(", ");
  };
  for (const [name, [where]] of rows) expect(where, name).toBe(places(name));
});

test("what is bundled is not installed as well", async () => {
  const bundled = await bundledNames();
  expect(Object.keys(dependencies).filter((name) => bundled.has(name))).toEqual([]);
});

test("the page of dependencies names the licence of each package", async () => {
  for (const [name, [, , , licence]] of rows) {
    const { license } = await readJson<{ license: string }>(ROOT, "node_modules", name, "package.json");
    expect(licence, name).toBe(license);
  }
});
