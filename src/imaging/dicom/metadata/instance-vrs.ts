import type { DataElement, DataSet } from "../data-set.ts";
import { lookUp } from "../dictionary/dictionary.ts";
import type { MetadataBudget } from "./metadata-budget.ts";

/** The name of an element inside sequences: `RequestAttributesSequence.0.00091001`. */
export const nestedPath = (path: string, name: string, index: number): string => `${path}${name}.${index}.`;

/**
 * The VRs that the rest of the metadata does not have, so that the instance can be written again: of
 * private and unknown elements, and of public ones whose VR in the file is not the dictionary's.
 *
 * Assumed: nested-vrs. Those inside sequences stand among the others, since the document has no other place for
 * VRs. Private and unknown ones stand by their tag or, where one tag has several VRs in an instance,
 * by their path; public ones by their path, since by its tag each has the dictionary's VR.
 * @param budget counts the names of those inside sequences, which may be many times longer than the file
 */
export function vrsOf(dataSet: DataSet, budget: MetadataBudget): Record<string, string> {
  const vrs: Record<string, string> = {};
  for (const element of dataSet.values()) if (!isImplied(element)) vrs[element.tag] = element.vr;
  collectNested(dataSet, vrs, budget, "");
  return vrs;
}

/** The stored VR of an element, if any. */
export function toldVr(vrs: Readonly<Record<string, string>>, path: string, tag: string): string | undefined {
  return vrs[path + tag] ?? (hasKeyword(tag) ? undefined : vrs[tag]);
}

function collectNested(
  dataSet: DataSet,
  vrs: Record<string, string>,
  budget: MetadataBudget,
  path: string,
): void {
  for (const { tag, items = [] } of dataSet.values()) {
    for (const [index, item] of items.entries()) {
      const inside = nestedPath(path, lookUp(tag)?.keyword ?? tag, index);
      for (const element of item.values()) {
        if (
          isImplied(element) ||
          (!hasKeyword(element.tag) && (vrs[element.tag] ??= element.vr) === element.vr)
        )
          continue;
        budget.spend(inside.length + element.tag.length);
        vrs[inside + element.tag] = element.vr;
      }
      collectNested(item, vrs, budget, inside);
    }
  }
}

const hasKeyword = (tag: string): boolean => lookUp(tag)?.keyword !== undefined;

/** Whether the dictionary, together with the other elements, determines its VR. */
function isImplied({ tag, vr }: DataElement): boolean {
  const entry = lookUp(tag);
  return entry?.keyword !== undefined && entry.vr.split("/").includes(vr);
}
