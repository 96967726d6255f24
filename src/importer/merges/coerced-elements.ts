import type { ImportWarning } from "../../api/import-warnings.ts";
import { differingLevel } from "../../domain/image-sets/metadata/copy-document.ts";
import type { MetadataDocument } from "../../domain/image-sets/metadata/metadata-document.ts";
import { TAIL } from "../protocol.ts";

type Head = Pick<MetadataDocument, "Patient" | "Study">;

/** Patient, study and series of files, as text, by their `attributesKey`. */
export type Heads = ReadonlyMap<string, Uint8Array>;

/**
 * Assumed: coerced-elements. Files of one image set may differ in elements of patient, study and series besides those that
 * group them. The image set keeps its own, or those of its first file; the other files are imported with a warning.
 */
const COERCED: ImportWarning = {
  type: "CoercionOfDataElements",
  message:
    "The file was imported but its patient, study or series elements differ from those of its image set, which were kept.",
};

/** The keys of heads that differ from the one that is kept. */
export function differingHeads(heads: Heads, kept: Head): ReadonlySet<string> {
  const differing = [...heads].filter(([, head]) => differingLevel(parseHead(head), kept) !== undefined);
  return new Set(differing.map(([key]) => key));
}

export const parseHead = (head: Uint8Array): Head =>
  JSON.parse(`{${Buffer.from(head).toString()}${TAIL}`) as Head;

export const warningsOf = (
  {
    attributesKey,
    warnings,
  }: { readonly attributesKey: string; readonly warnings: readonly ImportWarning[] },
  differing: ReadonlySet<string>,
): readonly ImportWarning[] => (differing.has(attributesKey) ? [...warnings, COERCED] : warnings);
