import { PERMISSIVE } from "./permissive.ts";

/** What of a package in package-lock.json this reads. */
export interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
}

/** Those that development may use besides, since nothing of them is shipped. */
const IN_DEVELOPMENT = new Set(["MPL-2.0", "Unlicense"]);

/** Packages whose manifest has the licence in an old form, which lock files leave out; each was read in its LICENSE. */
const WITHOUT_FIELD: Readonly<Record<string, string>> = {
  buildcheck: "MIT",
  "cpu-features": "MIT",
  ssh2: "MIT",
};

/**
 * What is wrong with the packages of a lock file, a sentence each; empty where nothing is.
 * @param packages by path: `node_modules/a/node_modules/b`
 */
export function faultsOfLock(packages: Readonly<Record<string, LockedPackage>>): string[] {
  return Object.entries(packages).flatMap(([path, locked]) => (path === "" ? [] : faultsOf(path, locked)));
}

function faultsOf(path: string, { version, license, integrity, dev }: LockedPackage): string[] {
  const name = path.replace(/^.*node_modules\//, "");
  const licence = license ?? WITHOUT_FIELD[name];
  const isFree =
    licence !== undefined && (PERMISSIVE.has(licence) || (dev === true && IN_DEVELOPMENT.has(licence)));
  return [
    ...(isFree ? [] : [`${name} ${version} has the licence ${licence}: expected a permissive one`]),
    ...(integrity === undefined
      ? [`${name} ${version} has no integrity: npm cannot check what it fetches`]
      : []),
  ];
}
