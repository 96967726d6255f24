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
 * O_EXCL: open(2) makes the file itself or fails. It follows no link and waits for no reader of a FIFO, so nothing
 * that lies in the place of a file decides where its bytes go.
 */
const NEW = { flag: "wx" } as const;

/** Writes a file that is new: what has its name is unlinked first. @throws FolderError where that is a folder */
export async function writeNewFile(path: string, content: Parameters<typeof writeFile>[1]): Promise<void> {
  await writeFile(path, content, NEW).catch(async (error: unknown) => {
    if (errorCode(error) !== "EEXIST") throw error;
    refuseFolder(path);
    await unlink(path);
    await writeFile(path, content, NEW);
  });
}

/** As `writeNewFile`, at once. */
export function writeNewFileSync(path: string, content: string | Uint8Array): void {
  try {
    writeFileSync(path, content, NEW);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
    refuseFolder(path);
    unlinkSync(path);
    writeFileSync(path, content, NEW);
  }
}

/** The system's error code for unlinking a folder is EISDIR on Linux and EPERM elsewhere. */
function refuseFolder(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new FolderError(`${path} is a folder where a temporary file is to be written: move it away`);
}

/** For a file in a folder that is new too. Fails where something has its name. */
export const newFileStream = (path: string): WriteStream => createWriteStream(path, { flags: NEW.flag });

/** Copies a file, without its bytes where the file system can. @throws EEXIST where something has the name */
export const copyToNewFile = (path: string, target: string): Promise<void> =>
  copyFile(path, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
