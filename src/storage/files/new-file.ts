import {
  constants,
  createWriteStream,
  lstatSync,
  unlinkSync,
  writeFileSync,
  type WriteStream,
} from "node:fs";
import { copyFile, unlink, writeFile } from "node:fs/promises";
import { errorCode } from "../../api/error-code.ts";
import { FolderError } from "../folder/folder-error.ts";

/**
 * O_EXCL: open(2) creates the file or fails. It follows no link and waits for no reader of a FIFO, so an
 * existing entry cannot redirect the bytes.
 */
const NEW = { flag: "wx" } as const;

/**
 * Writes a new file: an existing entry with its name is unlinked first. @throws FolderError if that is a
 * folder
 */
export async function writeNewFile(path: string, content: Parameters<typeof writeFile>[1]): Promise<void> {
  await writeFile(path, content, NEW).catch(async (error: unknown) => {
    if (errorCode(error) !== "EEXIST") throw error;
    refuseFolder(path);
    await unlink(path);
    await writeFile(path, content, NEW);
  });
}

/** As `writeNewFile`, synchronously. @param mode the mode of the file, less the process's umask */
export function writeNewFileSync(path: string, content: string | Uint8Array, mode = 0o666): void {
  const options = { ...NEW, mode };
  try {
    writeFileSync(path, content, options);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
    refuseFolder(path);
    unlinkSync(path);
    writeFileSync(path, content, options);
  }
}

/** The system's error code for unlinking a folder is EISDIR on Linux and EPERM elsewhere. */
function refuseFolder(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new FolderError(`${path} is a folder in the place of a temporary file: move it away`);
}

/** For a file in a new folder. Fails if the name exists. */
export const newFileStream = (path: string): WriteStream => createWriteStream(path, { flags: NEW.flag });

/** Copies a file, without its bytes if the file system supports it. @throws EEXIST if the name exists */
export const copyToNewFile = (path: string, target: string): Promise<void> =>
  copyFile(path, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
