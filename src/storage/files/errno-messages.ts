import { errorMessage } from "../../api/error-message.ts";
import { errorCode } from "../../api/error-code.ts";

/** Why a folder cannot be used, as a sentence if its user can repair it. */
export function reasonOf(error: unknown): string {
  const code = errorCode(error);
  if (code !== "") return REASONS[code] ?? code;
  return errorMessage(error);
}

/**
 * Why something cannot be stored, if the disk is the cause: its errors begin with their code, also in a
 * worker's message.
 */
export function diskReasonOf(error: unknown): string | undefined {
  const message = errorMessage(error);
  return REASONS[/\b(?:ENOSPC|EDQUOT|EROFS)\b/.exec(message)?.[0] ?? ""];
}

/** Whether nothing is at a path; also if a part of the path is a file. */
export const isMissing = (error: unknown): boolean => ["ENOENT", "ENOTDIR"].includes(errorCode(error));

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "this user may not read and write it",
  EDQUOT: "the disk quota is used up",
  EEXIST: "a file with that name exists",
  EISDIR: "it is a folder, not a file",
  ELOOP: "a link leads in a loop",
  ENOENT: "it no longer exists",
  ENOTDIR: "a part of its path is a file, not a folder",
  EPERM: "writing to it is not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
};
