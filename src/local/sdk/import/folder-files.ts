import { constants } from "node:fs";
import { type FileHandle, open, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { errorMessage } from "../../../api/error-message.ts";
import { errorCode } from "../../../api/error-code.ts";
import { segmentsOf } from "../../../aws/s3/object-keys.ts";
import { reasonOf } from "../../../storage/files/errno-messages.ts";
import { reasonUnread, walkKeys, type WalkPolicy } from "../../../aws/s3/walk.ts";

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
  /** Paths that cannot be imported, with the reason. */
  readonly refused: readonly Refused[];
}

/**
 * The files of a folder, each once: links to files and folders within it are left out, links to files outside
 * it are followed if the user says so, several to one file once. A file with two names in the file system (a
 * hard link) is two files, as a copy is.
 * @param prefix of the files' keys
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
    countsLinks: false,
    followsLinks: followLinks,
    onRefused: ({ key, reason }) => void refused.push({ file: key, message: reason }),
  };
  const targets = new Set<string>();
  for await (const name of walkKeys(root, { prefix: "", after: "", skip: "" }, policy)) {
    if (name.endsWith("/")) continue;
    const path = join(root, name);
    const message = flawOf(prefix + name) ?? (await faultOf(path, name));
    if (message !== undefined) {
      refused.push({ file: name, message });
      continue;
    }
    const target = followLinks ? await realpath(path).catch(() => path) : path;
    if (!targets.has(target)) files.push({ name, path });
    targets.add(target);
  }
  return { files, refused: refused.toSorted((a, b) => (a.file < b.file ? -1 : 1)) };
}

/** Why a path cannot be a key; undefined if it can. */
function flawOf(key: string): string | undefined {
  try {
    segmentsOf(key);
    return undefined;
  } catch (error) {
    return errorMessage(error);
  }
}

/** Why a path cannot be imported as a folder; undefined if it can. */
export async function faultOfFolder(path: string): Promise<string | undefined> {
  try {
    return (await stat(path)).isDirectory()
      ? undefined
      : `${path} is not a folder: use the folder that contains it`;
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT") return `there is no folder ${path}`;
    const words = code === "ELOOP" ? `: ${reasonOf(error)}` : "";
    return `the folder ${path} cannot be read${words} (${code})`;
  }
}

/** Opening a pipe that has replaced a file would wait for a writer. */
const OPEN_AT_ONCE = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Opens a file for reading. @throws the system's error, also if something else has taken its place */
export async function openFile(path: string): Promise<FileHandle> {
  const file = await open(path, OPEN_AT_ONCE);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new Error(`${path} is not a file`);
}

/**
 * Why a file cannot be uploaded. A name that is not valid UTF-8 is decoded to another name, which does not
 * exist.
 */
async function faultOf(path: string, name: string): Promise<string | undefined> {
  try {
    await (await openFile(path)).close();
    return undefined;
  } catch (error) {
    return name.includes("\uFFFD")
      ? "its name cannot be an object key: it is not UTF-8"
      : reasonUnread("file", error);
  }
}
