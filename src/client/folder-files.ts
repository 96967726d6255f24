import { realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { segmentsOf } from "../s3/keys.ts";
import { walkKeys, type WalkPolicy } from "../s3/walk.ts";

export interface FolderFile {
  /** Relative to the folder, with `/` between names. */
  readonly name: string;
  readonly path: string;
}

export interface Refused {
  readonly file: string;
  readonly message: string;
}

interface FolderFiles {
  readonly files: readonly FolderFile[];
  /** What is there and cannot be imported, in words. */
  readonly refused: readonly Refused[];
}

/**
 * The files of a folder, each once: links to folders are not entered, links to files outside it are followed
 * where its user says so.
 * @param prefix of the keys that the files are to have
 */
export async function listFiles(
  folder: string,
  prefix: string,
  { followLinks }: { readonly followLinks: boolean },
): Promise<FolderFiles> {
  const root = await realpath(folder);
  const files: FolderFile[] = [];
  const refused: Refused[] = [];
  const policy: WalkPolicy = {
    isBucket: false,
    entersLinkedFolders: false,
    followsLinks: followLinks,
    onRefused: (file, message) => void refused.push({ file, message }),
  };
  for await (const name of walkKeys(root, { prefix: "", after: "", skip: "" }, policy)) {
    if (name.endsWith("/")) continue;
    const path = join(root, name);
    const message = flawOf(prefix + name) ?? (await faultOf(path, name));
    if (message === undefined) files.push({ name, path });
    else refused.push({ file: name, message });
  }
  return { files, refused: refused.toSorted((a, b) => (a.file < b.file ? -1 : 1)) };
}

/** Why no key can hold a path. */
function flawOf(key: string): string | undefined {
  try {
    segmentsOf(key);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A name in no encoding is read as another one, which is not there. */
async function faultOf(path: string, name: string): Promise<string | undefined> {
  const isThere = await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
  if (isThere) return undefined;
  return name.includes("\uFFFD") ? "no key can hold its name: it is not UTF-8" : "the file cannot be read";
}
