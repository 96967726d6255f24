import { lookUp, type DictionaryEntry } from "./dictionary.ts";
import { DICTIONARY_TABLE } from "./dictionary-table.ts";

export interface KeywordEntry extends DictionaryEntry {
  /** GGGGEEEE, upper-case hex. */
  readonly tag: string;
}

let tags: Map<string, string> | undefined;

/** The dictionary entry of a keyword of PS3.6, undefined for what is none. */
export function lookUpKeyword(keyword: string): KeywordEntry | undefined {
  tags ??= new Map(DICTIONARY_TABLE.split("\n").map(readLine));
  const tag = tags.get(keyword);
  const entry = tag === undefined ? undefined : lookUp(tag);
  return tag === undefined || entry === undefined ? undefined : { ...entry, tag };
}

function readLine(line: string): [keyword: string, tag: string] {
  const [tag = "", , , keyword = ""] = line.split(" ");
  return [keyword, tag];
}
