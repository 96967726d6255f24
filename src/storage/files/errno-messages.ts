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

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "it may not be read and written by this user",
  EDQUOT: "the disk quota is used up",
  EEXIST: "there is a file of that name",
  EISDIR: "there is a folder where a file should be",
  ELOOP: "a link leads in a loop",
  ENOENT: "it no longer exists",
  ENOTDIR: "a part of its path is a file",
  EPERM: "it may not be written to",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
};
