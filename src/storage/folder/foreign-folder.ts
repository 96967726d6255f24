import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { FolderError } from "./folder-error.ts";

/** What may be in a folder before there is data in it: buckets, snapshots and a CA of its user, */
const EXPECTED = new Set(["s3", "snapshots", "tls", "README.md", "lost+found", "datastores"]);
/** files of systems and of git in otherwise empty folders, */
const LEFT_BY_OTHERS = new Set([".DS_Store", ".localized", ".gitignore", ".gitkeep", ".keep"]);
/** and what a start leaves that ends before it has written the format. */
const LEFT_BY_US = new Set([
  ".lock",
  ".spool",
  ".clean",
  ".probe",
  "..probe.tmp",
  ".README.md.tmp",
  ".format.json.tmp",
]);

/**
 * Refuses a folder with other files: a mistyped `--data` would fill it with data.
 * @throws FolderError
 */
export async function refuseForeign(folder: string): Promise<void> {
  const names = await readdir(folder);
  // The format is checked where it is read.
  if (names.includes("format.json") || (await holdsDatastore(folder))) return;
  const known = [EXPECTED, LEFT_BY_OTHERS, LEFT_BY_US];
  const foreign = names.filter((name) => !known.some((set) => set.has(name))).toSorted();
  const [first] = foreign;
  if (first === undefined) return;
  const more = foreign.length === 1 ? "" : ` and ${foreign.length - 1} more`;
  throw new FolderError(
    `${folder} is not a data folder: it has ${first}${more}. Choose an empty folder, or allow the files that are there with --adopt-data (adoptData: true)`,
  );
}

/** As a folder of a release without formats has. */
async function holdsDatastore(folder: string): Promise<boolean> {
  const ids = await readdir(join(folder, "datastores")).catch(() => []);
  return ids.some((id) =>
    ["datastore.json", "datastore.json.damaged"].some((name) =>
      existsSync(join(folder, "datastores", id, name)),
    ),
  );
}
