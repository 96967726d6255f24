import { isRecord } from "../../../api/json.ts";
import type { Attributes, JsonValue } from "../../../domain/image-sets/metadata/metadata-document.ts";
import { lookUp, tagOf } from "../../../imaging/dicom/dictionary/dictionary.ts";
import { creatorTagOf } from "../../../imaging/dicom/tag.ts";

/** Attributes by tag: whole, or of a sequence those of its items that are wanted. */
export type FieldTree = ReadonlyMap<string, FieldTree | "whole">;
type GrowingTree = Map<string, GrowingTree | "whole">;

/** What `includefield` asks for. */
export interface IncludedFields {
  readonly isAll: boolean;
  readonly fields: FieldTree;
}

/** The values of `includefield` (facts: dicomweb#included-fields). Names of unknown attributes are left out. */
export function readIncludedFields(names: ReadonlySet<string>): IncludedFields {
  const fields: GrowingTree = new Map();
  for (const name of names) {
    const tags = name.split(".").map(tagOfName);
    if (tags.every((tag) => tag !== undefined)) grow(fields, tags);
  }
  return { isAll: names.has("all"), fields };
}

/** The tag of an attribute, however it is named: by keyword, or by 8 hex digits. */
export const tagOfName = (name: string): string | undefined =>
  tagOf(/^[0-9a-f]{8}$/i.test(name) ? name.toUpperCase() : name);

/** A whole sequence wins over parts of it. */
function grow(tree: GrowingTree, [tag = "", ...inside]: readonly string[]): void {
  const known = tree.get(tag);
  if (known === "whole") return;
  if (inside.length === 0) return void tree.set(tag, "whole");
  const branch = known ?? new Map<string, GrowingTree | "whole">();
  tree.set(tag, branch);
  grow(branch, inside);
}

/** Private creators that a search names, by tag. */
export type PrivateCreators = ReadonlyMap<string, string>;

/**
 * The wanted attributes of a data set. A private element belongs to its creator: it is selected if the search names
 * the creator that the data set has (facts: dicomweb#private-elements).
 */
export function selectFields(attributes: Attributes, tree: FieldTree, creators: PrivateCreators): Attributes {
  const selected: Record<string, JsonValue> = {};
  for (const [tag, inside] of tree) {
    const name = lookUp(tag)?.keyword ?? tag;
    const value = attributes[name];
    if (value === undefined || !isOfCreator(tag, attributes, creators)) continue;
    const part = inside === "whole" ? value : selectInItems(value, inside, creators);
    if (part !== undefined) selected[name] = part;
  }
  return selected;
}

function isOfCreator(tag: string, attributes: Attributes, creators: PrivateCreators): boolean {
  const creatorTag = creatorTagOf(tag);
  if (creatorTag === undefined) return true;
  const creator = attributes[creatorTag];
  return typeof creator === "string" && creators.get(creatorTag)?.trim() === creator.trim();
}

/** Undefined for an element that is not a sequence. */
function selectInItems(value: JsonValue, tree: FieldTree, creators: PrivateCreators): JsonValue | undefined {
  if (value === null) return null;
  if (!Array.isArray(value)) return undefined;
  const items = (value as readonly JsonValue[]).filter((item): item is Attributes => isRecord(item));
  return items.length === 0 ? undefined : items.map((item) => selectFields(item, tree, creators));
}
