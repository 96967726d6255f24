import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { tryParseJson } from "../../../api/json.ts";
import { writeNewFileSync } from "../../../storage/files/new-file.ts";
import { readTextIfPresentSync } from "../../../storage/files/regular-file.ts";
import { type CorsRule, readCorsRules } from "./cors-rules.ts";

const pathIn = (folder: string): string => join(folder, "cors.json");

/**
 * A bucket's CORS rules; undefined where it has none. Read each time: only requests of web pages ask for them.
 * @param folder of the bucket's metadata
 * @throws the system's error; a file that holds something else is as none
 */
export function readCorsFile(folder: string): readonly CorsRule[] | undefined {
  const text = readTextIfPresentSync(pathIn(folder));
  return text === undefined ? undefined : readCorsRules(tryParseJson(text));
}

/** Stored when it returns: whole, or not at all. */
export function writeCorsFile(folder: string, rules: readonly CorsRule[]): void {
  mkdirSync(folder, { recursive: true });
  const temp = join(folder, ".cors.json.tmp");
  writeNewFileSync(temp, `${JSON.stringify(rules, null, 2)}\n`);
  renameSync(temp, pathIn(folder));
}

export const removeCorsFile = (folder: string): void => rmSync(pathIn(folder), { force: true });
