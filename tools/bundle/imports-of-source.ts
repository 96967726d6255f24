import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Of a package, or of a file by its path: the names that are imported from it, `default` for a default import. */
export type ImportedNames = ReadonlyMap<string, ReadonlySet<string>>;

const IMPORT = /^import (?!type )(?:(\w+),? ?)?(?:\{([^}]*)\} )?from "([^"]+)"/gm;

/**
 * What the files below folders import; types are not counted.
 * @throws Error for `import * as` and `export ... from` of a module of Node.js or a package, whose names this does not tell
 */
export async function importsOfSource(...folders: readonly string[]): Promise<ImportedNames> {
  const found = new Map<string, Set<string>>();
  for (const folder of folders) {
    for (const file of await readdir(folder, { recursive: true })) {
      if (file.endsWith(".ts")) collect(found, dirname(file), await readFile(join(folder, file), "utf8"));
    }
  }
  return found;
}

/** Of files of the source, and of zod, which is bundled whole with the routes, they are the bundler's own business. */
const UNREADABLE = /^(?:import (?!type )[^"{]*\* as \w+|export (?!type )[^"]*) from "(?!\.|zod\/)[^"]+"/m;

function collect(found: Map<string, Set<string>>, folder: string, code: string): void {
  const [unreadable] = UNREADABLE.exec(code) ?? [];
  if (unreadable !== undefined) throw new Error(`The build expects imports by name, got: ${unreadable}`);
  for (const [, byDefault, list = "", specifier = ""] of code.matchAll(IMPORT)) {
    const module = specifier.startsWith(".") ? join(folder, specifier) : specifier;
    const names = found.get(module) ?? new Set();
    found.set(module, names);
    if (byDefault !== undefined) names.add("default");
    for (const item of list.split(",").map((text) => text.trim())) {
      if (item !== "" && !item.startsWith("type ")) names.add(item.replace(/ as .*/, ""));
    }
  }
}
