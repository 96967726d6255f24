import type { ImportWarning } from "../../api/import-warnings.ts";
import { differingAttributes } from "../../domain/image-sets/metadata/copy-document.ts";
import type {
  InstanceDocument,
  MetadataDocument,
} from "../../domain/image-sets/metadata/metadata-document.ts";
import { listNames } from "../../imaging/dicom/metadata/findings.ts";
import { withWarningReason } from "../../imaging/dicom/metadata/metadata.ts";
import { TAIL } from "../protocol.ts";

type Head = Pick<MetadataDocument, "Patient" | "Study">;

/** Patient, study and series of files, as text, by their `attributesKey`. */
export type Heads = ReadonlyMap<string, Uint8Array>;

/**
 * Assumed: coerced-elements. Files of one image set may differ in elements of patient, study and series besides those that
 * group them. The image set keeps its own, or those of its first file; the other files are imported with a warning.
 */
const coerced = (names: readonly string[]): ImportWarning => ({
  type: "CoercionOfDataElements",
  message: `The file was imported but elements differ from those of its image set, which were kept: ${listNames(names)}`,
});

/** The attributes of heads that differ from the one that is kept, by the keys of the heads. */
export type DifferingHeads = ReadonlyMap<string, readonly string[]>;

/** Without the heads that agree. */
export function differingHeads(heads: Heads, kept: Head): DifferingHeads {
  const all = [...heads].map(([key, head]) => [key, differingAttributes(parseHead(head), kept)] as const);
  return new Map(all.filter(([, names]) => names.length > 0));
}

export const parseHead = (head: Uint8Array): Head =>
  JSON.parse(`{${Buffer.from(head).toString()}${TAIL}`) as Head;

interface Warned {
  readonly attributesKey: string;
  readonly warnings: readonly ImportWarning[];
}

export function warningsOf(
  { attributesKey, warnings }: Warned,
  differing: DifferingHeads,
): readonly ImportWarning[] {
  const names = differing.get(attributesKey);
  if (names === undefined) return warnings;
  const warning = coerced(names);
  return warnings.some(({ type }) => type === warning.type) ? warnings : [...warnings, warning];
}

/** An instance with its text. */
interface InstanceText extends Warned {
  readonly sopInstanceUID: string;
  readonly text: Uint8Array;
}

/** The instances with that warning as Warning Reason (0008,1196), where it belongs. */
export const withCoercions = <T extends InstanceText>(
  instances: readonly T[],
  differing: DifferingHeads,
): T[] =>
  instances.map((each) => {
    const warnings = warningsOf(each, differing);
    if (warnings === each.warnings) return each;
    const instance = parseInstance(each);
    const DICOM = withWarningReason(instance.DICOM, warnings);
    return { ...each, text: writeInstanceText(each.sopInstanceUID, { ...instance, DICOM }) };
  });

export function parseInstance({ sopInstanceUID, text }: Omit<InstanceText, keyof Warned>): InstanceDocument {
  const parsed = JSON.parse(`{${Buffer.from(text).toString()}}`) as Record<string, InstanceDocument>;
  const instance = parsed[sopInstanceUID];
  if (instance === undefined) throw new Error(`the text of instance ${sopInstanceUID} is of another one`);
  return instance;
}

export const writeInstanceText = (sopInstanceUID: string, instance: InstanceDocument): Uint8Array =>
  Buffer.from(`${JSON.stringify(sopInstanceUID)}:${JSON.stringify(instance)}`);
