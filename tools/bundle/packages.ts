import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";

/** The members of a package.json that the build reads. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Folders of two packages, of which one imports the other; undefined for the product itself. */
type Import = [from: string | undefined, to: string];

/** Folders of packages, relative to the root: `node_modules/a/node_modules/b`. */
export interface Packages {
  /** What npm installs beside the product. */
  readonly installed: readonly string[];
  /** Those of which the bundles have code. */
  readonly bundled: ReadonlySet<string>;
  readonly imports: readonly Import[];
}

/** Packages whose own file is a bundle of their dependencies, which no metafile shows. */
const BUNDLED_BEFORE = ["node_modules/fast-xml-parser"];

/**
 * The packages that the product brings along: in its bundles or beside them.
 * @param root the folder of package.json and node_modules, to which the paths of the metafiles are relative
 */
export function findPackages(metafiles: readonly Metafile[], root: string): Packages {
  const folders = new Set(metafiles.flatMap(({ inputs }) => Object.keys(inputs).flatMap(packageFolders)));
  const prebundled = BUNDLED_BEFORE.filter((folder) => folders.has(folder));
  const imports = [
    ...metafiles.flatMap(packageImports),
    ...prebundled.flatMap((folder) => dependenciesOf(folder, root)),
  ];
  return {
    installed: Object.keys(readManifest(root).dependencies ?? {}).map((name) => `node_modules/${name}`),
    bundled: new Set([...folders, ...imports.map(([, to]) => to)]),
    imports,
  };
}

export const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;

/** The folder of the package that a file is in, if any: `node_modules/a/node_modules/b`. */
const packageFolders = (path: string): string[] =>
  /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.slice(0, 1) ?? [];

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
