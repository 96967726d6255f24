import type { DataSet } from "./data-set.ts";
import { lookUp } from "./dictionary.ts";

/** How an element inside sequences is named: `RequestAttributesSequence.0.00091001`. */
export const nestedPath = (path: string, name: string, index: number): string => `${path}${name}.${index}.`;

/**
 * Adds the VRs of private and unknown elements inside sequences, which nothing else of the metadata
 * tells, so that the instance can be written again. Assumed: they stand among the others by their
 * tag, since the document has no other place for VRs; where one tag has several VRs in an instance,
 * the others stand by their path.
 */
export function collectNestedVrs(dataSet: DataSet, vrs: Record<string, string>, path = ""): void {
  for (const { tag, items = [] } of dataSet.values()) {
    for (const [index, item] of items.entries()) {
      const inside = nestedPath(path, lookUp(tag)?.keyword ?? tag, index);
      for (const element of item.values()) {
        if (lookUp(element.tag)?.keyword !== undefined) continue;
        const known = (vrs[element.tag] ??= element.vr);
        if (known !== element.vr) vrs[inside + element.tag] = element.vr;
      }
      collectNestedVrs(item, vrs, inside);
    }
  }
}
