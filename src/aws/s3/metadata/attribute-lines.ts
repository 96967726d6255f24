import { createHash } from "node:crypto";
import { isRecord, tryParseJson } from "../../../api/json.ts";
import { isMarker } from "../object-keys.ts";
import { readAttributes, type AttributeRecord } from "./object-attributes.ts";

/** A key as its folder, empty or with `/` at its end, and the name in it; a marker's name has the `/`. */
export function splitKey(key: string): { folder: string; name: string } {
  const end = key.lastIndexOf("/", key.length - (isMarker(key) ? 2 : 1)) + 1;
  return { folder: key.slice(0, end), name: key.slice(end) };
}

/** The file of a folder's records: any folder's name fits into it, and none can lead elsewhere. */
export const recordsFileOf = (folder: string): string =>
  `${createHash("sha256").update(folder).digest("hex").slice(0, 32)}.jsonl`;

/** The first line of such a file; the number says how many records the last clean-up left. */
export const headLine = (folder: string, kept: number): string => JSON.stringify({ folder, kept });
export const recordLine = (name: string, record: AttributeRecord): string =>
  JSON.stringify({ name, ...record });
export const removalLine = (name: string): string => JSON.stringify({ name });

export type ReadLine =
  | { readonly folder: string; readonly kept: number }
  | { readonly name: string; readonly record: AttributeRecord | undefined };

/** Undefined where it is not whole: the end of a file whose writer was killed, or a change by hand. */
export function readRecordLine(line: string): ReadLine | undefined {
  const value = tryParseJson(line);
  if (!isRecord(value)) return undefined;
  const { folder, kept, name, byteLength, modifiedUs } = value;
  if (typeof folder === "string") return { folder, kept: typeof kept === "number" ? kept : 0 };
  if (typeof name !== "string") return undefined;
  if (value["etag"] === undefined) return { name, record: undefined };
  const attributes = readAttributes(value);
  const isWhole = typeof byteLength === "number" && typeof modifiedUs === "number";
  if (attributes === undefined || !isWhole) return undefined;
  return { name, record: { byteLength, modifiedUs, ...attributes } };
}
