import { readdir } from "node:fs/promises";
import { FolderError } from "./folder-error.ts";

/** What may lie in a folder before there is data in it: buckets and snapshots that its user put there. */
const EXPECTED = new Set(["s3", "snapshots", "README.md", "lost+found"]);
/** What only a data folder has. */
const OURS = new Set(["format.json", "datastores"]);

/**
 * Refuses a folder that is somebody else's: a slip of the keyboard in `--data` would fill it with files.
 * @throws FolderError
 */
export async function refuseForeign(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith("."));
  if (names.some((name) => OURS.has(name))) return;
  const foreign = names.filter((name) => !EXPECTED.has(name)).toSorted();
  const [first] = foreign;
  if (first === undefined) return;
  const more = foreign.length === 1 ? "" : ` and ${foreign.length - 1} more`;
  throw new FolderError(
    `${folder} is not a data folder: it holds ${first}${more}. Choose an empty folder, or keep the data beside what is there with --adopt-data (adoptData: true)`,
  );
}
