import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";

/** The members of a package.json that are read here. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

type License = { readonly license: { readonly id: string } } | { readonly expression: string };

interface Component {
  readonly type: "application" | "library";
  readonly "bom-ref": string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly License[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

/** A software bill of materials: CycloneDX 1.6, JSON. */
interface Sbom {
  readonly bomFormat: "CycloneDX";
  readonly specVersion: "1.6";
  readonly version: 1;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** By CycloneDX's taxonomy of npm: the package is inside the one that depends on it. */
const BUNDLED = [{ name: "cdx:npm:package:bundled", value: "true" }];

/** Whose own file is a bundle of what it depends on, which no metafile shows. */
const BUNDLED_BEFORE = ["node_modules/fast-xml-parser"];

/**
 * Names every package of the bundles, which a scanner would not find in their code, and those that are installed
 * beside them. The same bundles give the same text.
 * @param root the folder of package.json and node_modules, to which the paths of the metafiles are relative
 * @throws Error for a package without a licence
 */
export function createSbom(metafiles: readonly Metafile[], root: string): Sbom {
  const product = readManifest(root);
  const folders = new Set(metafiles.flatMap(({ inputs }) => Object.keys(inputs).flatMap(packageFolders)));
  const prebundled = BUNDLED_BEFORE.filter((folder) => folders.has(folder));
  const imports = [
    ...metafiles.flatMap(packageImports),
    ...prebundled.flatMap((folder) => dependenciesOf(folder, root)),
  ];
  const bundled = new Set([...folders, ...imports.map(([, to]) => to)]);
  const installed = Object.keys(product.dependencies ?? {}).map((name) => `node_modules/${name}`);
  const refOf = (folder: string): string => purlOf(readManifest(join(root, folder)));
  const components = new Map(
    [...installed, ...bundled].map((folder) => {
      const component = describeComponent("library", readManifest(join(root, folder)));
      const isBundled = bundled.has(folder);
      return [component.purl, isBundled ? { ...component, properties: BUNDLED } : component];
    }),
  );
  const edges = new Map([[purlOf(product), new Set(installed.map(refOf))]]);
  for (const [from, to] of imports) {
    const ref = from === undefined ? purlOf(product) : refOf(from);
    edges.set(ref, (edges.get(ref) ?? new Set()).add(refOf(to)));
  }
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: describeComponent("application", product) },
    components: [...components.values()].toSorted((a, b) => (a.purl < b.purl ? -1 : 1)),
    dependencies: [purlOf(product), ...[...components.keys()].toSorted()].map((ref) => ({
      ref,
      dependsOn: [...(edges.get(ref) ?? [])].toSorted(),
    })),
  };
}

/** The folder of the package that a file is in, if any: `node_modules/a/node_modules/b`. */
const packageFolders = (path: string): string[] =>
  /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.slice(0, 1) ?? [];

/** Folders of two packages, of which one imports the other; undefined for the product itself. */
type Import = [from: string | undefined, to: string];

function packageImports({ inputs }: Metafile): Import[] {
  return Object.entries(inputs).flatMap(([path, { imports }]) => {
    const [from] = packageFolders(path);
    const imported = imports.filter(({ external }) => !external).flatMap((each) => packageFolders(each.path));
    return imported.filter((to) => to !== from).map((to): Import => [from, to]);
  });
}

/** A package and all its dependencies. */
function dependenciesOf(from: string, root: string): Import[] {
  return Object.keys(readManifest(join(root, from)).dependencies ?? {}).flatMap((name) => {
    const own = `${from}/node_modules/${name}`;
    const to = existsSync(join(root, own)) ? own : `node_modules/${name}`;
    return [[from, to], ...dependenciesOf(to, root)] as Import[];
  });
}

function describeComponent(type: Component["type"], manifest: Manifest): Component {
  const [, group, name = manifest.name] = /^(@[^/]+)\/(.+)$/.exec(manifest.name) ?? [];
  const purl = purlOf(manifest);
  const licenses = [licenseOf(manifest)];
  return { type, "bom-ref": purl, ...(group && { group }), name, version: manifest.version, purl, licenses };
}

/** By the package URL specification, in which the @ of a scope is escaped. */
const purlOf = ({ name, version }: Manifest): string => `pkg:npm/${name.replace("@", "%40")}@${version}`;

function licenseOf({ name, license }: Manifest): License {
  if (typeof license !== "string" || license === "")
    throw new Error(`expected a licence in the package.json of ${name}, got ${JSON.stringify(license)}`);
  return /[ (]/.test(license) ? { expression: license } : { license: { id: license } };
}

const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
