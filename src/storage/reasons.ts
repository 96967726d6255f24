/** Why a folder cannot be used, in words where its user can mend it. */
export function reasonOf(error: unknown): string {
  const { code, message } =
    error instanceof Error ? (error as NodeJS.ErrnoException) : { message: String(error) };
  return code === undefined ? message : (REASONS[code] ?? code);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "it may not be read and written by this user",
  EDQUOT: "the disk quota is used up",
  EEXIST: "there is a file of that name",
  ENOTDIR: "a part of its path is a file",
  EPERM: "it may not be written to",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
};
