import { readdir, readFile, rename } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import type { Log } from "../domain/log.ts";
import { filesBelow, isMissing, type Files } from "./atomic-file.ts";
import type { Content } from "./commit.ts";

/** Where they are for as long as a commit is under way: beside the data stores, and gone with them. */
const FOLDER = "datastores/.commits";

/** What one commit does, by path: once it is there, the commit is made. */
interface CommitRecord {
  readonly documents: Readonly<Record<string, Content>>;
}

export const recordPath = (root: string, number: number): string =>
  join(root, FOLDER, `${String(number).padStart(9, "0")}.json`);

export const writeRecord = (documents: ReadonlyMap<string, Content>): string =>
  `${JSON.stringify({ documents: Object.fromEntries(documents) } satisfies CommitRecord)}\n`;

/**
 * Makes again what a process had begun to make when it was killed, which may be done any number of times.
 * The records share no paths: of two commits that would, the second begins when the first is over.
 */
export async function finishCommits(root: string, log: Log, files: Files = filesBelow(root)): Promise<void> {
  for (const name of await namesIn(join(root, FOLDER))) {
    const path = join(root, FOLDER, name);
    const documents = readRecord(root, await readFile(path, "utf8"));
    if (documents === undefined) {
      await rename(path, `${path}.damaged`);
      log.warn(`${path} is no record of changes: set aside as ${path}.damaged`);
      continue;
    }
    for (const [place, content] of documents) {
      if (content === null) await files.remove(place);
      else await files.write(place, `${JSON.stringify(content, null, 2)}\n`);
    }
    await files.remove(path);
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => /^\d+\.json$/.test(name)).toSorted();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Where each document goes; undefined for what this program has not written. */
function readRecord(root: string, text: string): [path: string, content: Content][] | undefined {
  try {
    const { documents } = JSON.parse(text) as CommitRecord;
    const inside = resolve(root, "datastores") + sep;
    const entries = Object.entries(documents).map(([path, content]): [string, Content] => [
      resolve(root, path),
      content,
    ]);
    const isOurs = entries.every(([path, content]) => path.startsWith(inside) && typeof content === "object");
    return isOurs ? entries : undefined;
  } catch {
    return undefined;
  }
}
