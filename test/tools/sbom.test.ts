import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Metafile } from "esbuild";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSbom } from "../../tools/bundle/sbom.ts";
import { BUNDLE } from "../entry.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const readJson = async <T>(path: string): Promise<T> => JSON.parse(await readFile(path, "utf8")) as T;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** A metafile in which each file imports others. */
const metafileOf = (files: Record<string, readonly string[]>): Metafile => ({
  inputs: Object.fromEntries(
    Object.entries(files).map(([file, imported]) => {
      const imports = imported.map((path) => ({ path, kind: "import-statement" as const }));
      return [file, { bytes: 1, imports }];
    }),
  ),
  outputs: {},
});

describe("the SBOM of the bundle", async () => {
  const bundle = BUNDLE ?? "";
  const sbom = await readJson<ReturnType<typeof createSbom>>(join(bundle, "sbom.cdx.json"));
  const metafiles = await readJson<Metafile[]>(join(dirname(bundle), "metafiles.json"));
  const folders = new Set(
    metafiles
      .flatMap(({ inputs }) => Object.keys(inputs))
      .filter((path) => path.includes("node_modules/"))
      .map((path) => path.replace(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\/.*$/, "$1")),
  );

  test("names each package of which a file is bundled, with its version and its licence", async () => {
    expect(folders.size).toBeGreaterThan(20);
    for (const folder of folders) {
      const { name, version, license } = await readJson<Manifest>(join(ROOT, folder, "package.json"));
      const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
      const component = sbom.components.find((each) => each.purl === purl);
      expect(component, purl).toMatchObject({
        version,
        licenses: [{ license: { id: license } }],
        properties: [{ name: "cdx:npm:package:bundled", value: "true" }],
      });
    }
  });

  test("names what is bundled inside a package that is a bundle", () => {
    expect(sbom.components.map(({ name }) => name)).toEqual(expect.arrayContaining(["strnum"]));
  });

  test("names the packages that are installed beside the bundle", async () => {
    const { dependencies } = await readJson<Manifest>(join(ROOT, "package.json"));
    const names = sbom.components.map(({ group, name }) => (group ? `${group}/${name}` : name));
    expect(names).toEqual(expect.arrayContaining(Object.keys(dependencies)));
  });

  test("tells what depends on what, by references that are there", () => {
    const { ref, dependsOn } = sbom.dependencies[0] ?? { ref: "", dependsOn: [] };
    expect(ref).toMatch(/^pkg:npm\/healthimaging-local@\d/);
    expect(dependsOn.join(" ")).toMatch(/pkg:npm\/express@5/);
    const known = new Set(sbom.components.map((component) => component["bom-ref"]));
    expect(known.size).toBe(sbom.components.length);
    for (const to of sbom.dependencies.flatMap((each) => each.dependsOn)) expect(known).toContain(to);
  });
});

describe("an SBOM", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "healthimaging-local-sbom-"));
    await write(".", { name: "product", version: "1.0.0", license: "MIT", dependencies: {} });
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const write = async (folder: string, manifest: Manifest): Promise<void> => {
    await mkdir(join(root, folder), { recursive: true });
    await writeFile(join(root, folder, "package.json"), JSON.stringify(manifest));
  };
  const library = { license: "ISC", dependencies: {} };

  test("knows a package inside another's folder, of a scope too, by its own version", async () => {
    await write("node_modules/a", { ...library, name: "a", version: "1.0.0" });
    await write("node_modules/@s/b", { ...library, name: "@s/b", version: "1.0.0" });
    await write("node_modules/a/node_modules/@s/b", { ...library, name: "@s/b", version: "2.0.0" });
    const inner = "node_modules/a/node_modules/@s/b/index.js";
    const metafile = metafileOf({
      "src/x.ts": ["node_modules/a/a.js"],
      "node_modules/a/a.js": [inner],
      [inner]: [],
    });
    const { components, dependencies } = createSbom([metafile], root);
    expect(components.map(({ purl }) => purl)).toEqual(["pkg:npm/%40s/b@2.0.0", "pkg:npm/a@1.0.0"]);
    expect(dependencies).toEqual([
      { ref: "pkg:npm/product@1.0.0", dependsOn: ["pkg:npm/a@1.0.0"] },
      { ref: "pkg:npm/%40s/b@2.0.0", dependsOn: [] },
      { ref: "pkg:npm/a@1.0.0", dependsOn: ["pkg:npm/%40s/b@2.0.0"] },
    ]);
  });

  test("is refused where a package has no licence", async () => {
    await write("node_modules/a", { ...library, name: "a", version: "1.0.0", license: "" });
    const metafile = metafileOf({ "src/x.ts": ["node_modules/a/a.js"] });
    expect(() => createSbom([metafile], root)).toThrow('expected a licence in the package.json of a, got ""');
  });

  test("has an expression where a package has a choice of licences", async () => {
    await write("node_modules/a", {
      ...library,
      name: "a",
      version: "1.0.0",
      license: "(MIT OR Apache-2.0)",
    });
    const { components } = createSbom([metafileOf({ "node_modules/a/a.js": [] })], root);
    expect(components[0]?.licenses).toEqual([{ expression: "(MIT OR Apache-2.0)" }]);
  });
});
