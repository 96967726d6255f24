import { isPrivateCreator, isTag } from "../tag.ts";
import { DICTIONARY_TABLE } from "./dictionary-table.ts";

/** A data element in PS3.6. */
export interface DictionaryEntry {
  /** Absent for the repeats of a repeating group: see {@link lookUp}. */
  readonly keyword: string | undefined;
  /** A VR, or a choice of PS3.6 such as "OB or OW": `OB/OW`, `US/SS`, `US/OW`, `US/SS/OW`. */
  readonly vr: string;
  /** The maximum value multiplicity is above 1. */
  readonly isList: boolean;
}

/** Tags that PS3.6 prints with an x for each repeating digit, and the row that contains them. */
const REPEATING: readonly [pattern: RegExp, base: string][] = [
  [/^(?<kind>50|60)[0-9A-F][02468ACE](?<element>....)$/, "$<kind>00$<element>"],
  [/^002031..$/, "00203100"],
  [/^002804.(?<last>.)$/, "0028041$<last>"],
  [/^002808.(?<last>.)$/, "0028080$<last>"],
  [/^1000...(?<last>.)$/, "1000001$<last>"],
  [/^1010....$/, "10100004"],
  [/^7F[0-9A-F][02468ACE](?<element>....)$/, "7F00$<element>"],
];

let entries: Map<string, DictionaryEntry> | undefined;
let tags: Map<string, string> | undefined;

/**
 * The dictionary entry of a tag (8 upper-case hex digits), undefined for private and unknown ones.
 *
 * Assumed: repeating-groups. Where a group repeats (overlays in 6000, 6002, ...) only the lowest tag bears the
 * keyword and the others are named by their tag, as private ones are: two elements of one instance
 * cannot share a key, and a key always leads back to one tag.
 */
export function lookUp(tag: string): DictionaryEntry | undefined {
  entries ??= readTable();
  const found = entries.get(tag);
  if (found !== undefined) return found;
  for (const [pattern, base] of REPEATING) {
    const repeated = pattern.test(tag) ? entries.get(tag.replace(pattern, base)) : undefined;
    if (repeated !== undefined) return { ...repeated, keyword: undefined };
  }
  return undefined;
}

/** The tag of a keyword, or of a tag of 8 upper-case hex digits itself; the inverse of {@link lookUp}. */
export function tagOf(name: string): string | undefined {
  if (isTag(name)) return name;
  tags ??= new Map(
    [...(entries ??= readTable())].map(([tag, { keyword }]) => [keyword ?? tag, tag] as const),
  );
  return tags.get(name);
}

/**
 * The VR of an element whose file has none: implicit VR, or VR UN. Of the dictionary's choices `US/SS`
 * depends on Pixel Representation (PS3.5 A.1); the others become OW, which Implicit VR Little Endian requires
 * for them or which fits their bytes anyway.
 */
export function impliedVr(tag: string, isSigned: boolean): string {
  if (isPrivateCreator(tag)) return "LO";
  const vr = lookUp(tag)?.vr ?? "UN";
  if (vr === "US/SS") return isSigned ? "SS" : "US";
  return vr.includes("/") ? "OW" : vr;
}

/** The name of an element in messages: its keyword, else its tag as PS3.6 prints it, (0029,1010). */
export const nameInMessages = (tag: string): string =>
  lookUp(tag)?.keyword ?? `(${tag.slice(0, 4)},${tag.slice(4)})`;

function readTable(): Map<string, DictionaryEntry> {
  const table = new Map<string, DictionaryEntry>();
  for (const line of DICTIONARY_TABLE.split("\n")) {
    const [tag, vr, vm, keyword] = line.split(" ");
    if (tag && vr && vm && keyword) table.set(tag, { keyword, vr, isList: vm !== "1" });
  }
  return table;
}
