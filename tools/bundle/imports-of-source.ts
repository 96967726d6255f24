import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Of a package, or of a file by its path: the names that are imported from it, `default` for a default import. */
export type ImportedNames = ReadonlyMap<string, ReadonlySet<string>>;

const IMPORT = /^import (?!type )(?:(\w+),? ?)?(?:\{([^}]*)\} )?from "([^"]+)"/gm;

/** What the files below folders import; types are not counted. */
export async function importsOfSource(...folders: readonly string[]): Promise<ImportedNames> {
  const found = new Map<string, Set<string>>();
  for (const folder of folders) {
    for (const file of await readdir(folder, { recursive: true })) {
      if (file.endsWith(".ts")) collect(found, dirname(file), await readFile(join(folder, file), "utf8"));
    }
  }
  return found;
}

function collect(found: Map<string, Set<string>>, folder: string, code: string): void {
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
