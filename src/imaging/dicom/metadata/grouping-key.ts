import type { MetadataObject, MetadataValue } from "../element-value.ts";

/**
 * Equal for instances whose normalised elements agree (facts: import-jobs#grouping), whatever the order of
 * their keys.
 */
export const groupingKey = ({ patient, study, series }: NormalisedElements): string =>
  canonical([patient, study, series]);

interface NormalisedElements {
  readonly patient: MetadataObject;
  readonly study: MetadataObject;
  readonly series: MetadataObject;
}

/** Equal for equal values, whatever the order of objects' keys. */
export function canonical(value: MetadataValue): string {
  if (isList(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
  return `{${members.join(",")}}`;
}

/** Array.isArray does not narrow readonly lists. */
const isList = (value: MetadataValue): value is readonly MetadataValue[] => Array.isArray(value);
