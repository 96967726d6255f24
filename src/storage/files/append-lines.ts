import { appendFileSync, closeSync, constants, fstatSync, openSync } from "node:fs";
import { requireFile } from "./regular-file.ts";

/** Never through a link: its target could be outside the data folder. */
const APPEND =
  constants.O_WRONLY | constants.O_APPEND | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

/**
 * Appends to a file, at once. A process that is killed in it leaves a last line without its end, at most.
 * @param isMade whether a file that is missing is made; without it that is an error
 * @throws NotAFile where something else has the name; the system's error
 */
export function appendLines(path: string, lines: readonly string[], isMade: boolean): void {
  const file = openSync(path, APPEND | (isMade ? constants.O_CREAT : 0), 0o666);
  try {
    requireFile(path, fstatSync(file));
    appendFileSync(file, lines.map((line) => `${line}\n`).join(""));
  } finally {
    closeSync(file);
  }
}
