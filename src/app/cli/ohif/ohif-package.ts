import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { isRecord, tryParseJson } from "../../../api/json.ts";
import { readRegularFile } from "../../../storage/files/regular-file.ts";

/** The prebuilt app of a release of `@ohif/app`. */
export interface OhifPackage {
  readonly version: string;
  /** Absolute: the folder of index.html. */
  readonly app: string;
}

/** Undefined where there is none, or none that was built. */
export async function readPackage(folder: string): Promise<OhifPackage | undefined> {
  try {
    const manifest = tryParseJson((await readRegularFile(join(folder, "package.json"))).toString());
    const app = join(folder, "dist");
    await readRegularFile(join(app, "index.html"));
    const version = isRecord(manifest) ? manifest["version"] : undefined;
    return typeof version === "string" ? { version, app } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Before 3.13 OHIF asks for metadata in a form that HealthImaging refuses (OHIF/Viewers issue 5442); the configuration of 4
 * is unknown.
 */
export const isUsable = ({ version }: OhifPackage): boolean => /^3\.(?:1[3-9]|[2-9]\d)\./.test(version);

/** That of the user's own node_modules, whatever its release. */
export async function findInstalled(folder: string): Promise<OhifPackage | undefined> {
  try {
    const manifest = createRequire(join(folder, "package.json")).resolve("@ohif/app/package.json");
    return await readPackage(dirname(manifest));
  } catch {
    return undefined;
  }
}

/** The newest usable one that was fetched before. @param cache folder with a folder for each release */
export async function findFetched(cache: string): Promise<OhifPackage | undefined> {
  const names = await readdir(cache).catch(() => []);
  const newestFirst = names.toSorted((a, b) => b.localeCompare(a, "en", { numeric: true }));
  for (const name of newestFirst) {
    const found = await readPackage(join(cache, name));
    if (found !== undefined && found.version === name && isUsable(found)) return found;
  }
  return undefined;
}
