import { readdir, readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { posixPath } from "../posix-path.ts";

/** By `moduleOf`: the names that are imported from a module, `default` for a default import. */
export type ImportedNames = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The name of an imported module: a package's, or a file's path in the source, with `/` on every system.
 * @param folder of the file that imports it, relative to the source
 */
export const moduleOf = (specifier: string, folder: string): string =>
  specifier.startsWith(".") ? posix.join(posixPath(folder), specifier) : specifier;

const IMPORT = /^import (?!type )(?:(\w+),? ?)?(?:\{([^}]*)\} )?from "([^"]+)"/gm;

/**
 * The imports of the files below folders, without types.
 * @throws Error for `import * as` and `export ... from` of a module of Node.js or a package, whose names
 * cannot be determined here
 */
export async function importsOfSource(...folders: readonly string[]): Promise<ImportedNames> {
  const found = new Map<string, ReadonlySet<string>>();
  for (const folder of folders) {
    for (const file of await readdir(folder, { recursive: true })) {
      if (!file.endsWith(".ts")) continue;
      for (const [module, names] of importsIn(file, await readFile(join(folder, file), "utf8")))
        found.set(module, names.union(found.get(module) ?? new Set()));
    }
  }
  return found;
}

/** Of files of the source, and of zod, which is bundled whole with the routes, they are the bundler's own business. */
const UNREADABLE = /^(?:import (?!type )[^"{]*\* as \w+|export (?!type )[^"]*) from "(?!\.|zod\/)[^"]+"/m;

/** The imports of one file. @param file its path in the source */
export function importsIn(file: string, code: string): ImportedNames {
  const found = new Map<string, Set<string>>();
  const folder = posix.dirname(posixPath(file));
  const [unreadable] = UNREADABLE.exec(code) ?? [];
  if (unreadable !== undefined) throw new Error(`The build expects imports by name, got: ${unreadable}`);
  for (const [, byDefault, list = "", specifier = ""] of code.matchAll(IMPORT)) {
    const module = moduleOf(specifier, folder);
    const names = found.get(module) ?? new Set();
    found.set(module, names);
    if (byDefault !== undefined) names.add("default");
    for (const item of list.split(",").map((text) => text.trim())) {
      if (item !== "" && !item.startsWith("type ")) names.add(item.replace(/ as .*/, ""));
    }
  }
  return found;
}
