import { join } from "node:path";
import type { Metafile } from "esbuild";
import { findPackages, readManifest, type Manifest } from "./packages.ts";

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

/**
 * Names every package of the bundles, which a scanner would not find in their code, and those that are installed
 * beside them. The same bundles give the same text.
 * @param root the folder of package.json and node_modules, to which the paths of the metafiles are relative
 * @throws Error for a package without a licence
 */
export function createSbom(metafiles: readonly Metafile[], root: string): Sbom {
  const product = readManifest(root);
  const { installed, bundled, imports } = findPackages(metafiles, root);
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
