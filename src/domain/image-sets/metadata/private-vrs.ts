import { isRecord } from "../../../api/json.ts";
import { InvalidChange } from "./invalid-change.ts";
import type { InstanceDocument, JsonValue } from "./metadata-document.ts";
import { PRIVATE } from "./update-rules.ts";

const VR = /^[A-Z]{2}$/;

/**
 * Keeps the VRs of private attributes, with those of a payload.
 * Assumed: private-vr. A private attribute that is added needs its VR in `DICOMVRs`.
 * @param instance after the change of its attributes
 * @param before its VRs until now
 * @param given DICOMVRs of the payload
 * @throws InvalidChange
 */
export function withPrivateVrs(
  instance: InstanceDocument,
  before: InstanceDocument["DICOMVRs"],
  given: JsonValue | undefined,
): InstanceDocument {
  const added = readVrs(given);
  const isThere = (tag: string): boolean => Object.hasOwn(instance.DICOM, tag);
  const stray = Object.keys(added).find((tag) => !isThere(tag));
  if (stray !== undefined) throw new InvalidChange(`DICOMVRs names ${stray}, which is not an attribute`);
  const known = { ...before, ...added };
  const isPrivate = (tag: string): boolean => PRIVATE.test(tag) && isThere(tag);
  const kept = Object.entries(known).filter(([tag]) => isPrivate(tag));
  const DICOMVRs = { ...instance.DICOMVRs, ...Object.fromEntries(kept) };
  for (const tag of Object.keys(instance.DICOM))
    if (isPrivate(tag) && !Object.hasOwn(DICOMVRs, tag))
      throw new InvalidChange(`Private attribute ${tag} has no VR: expected one in DICOMVRs`);
  return { ...instance, DICOMVRs: withoutMissing(DICOMVRs, isThere) };
}

/** Private attributes that were removed have no VR. */
const withoutMissing = (
  vrs: InstanceDocument["DICOMVRs"],
  isThere: (tag: string) => boolean,
): InstanceDocument["DICOMVRs"] =>
  Object.fromEntries(Object.entries(vrs).filter(([tag]) => !PRIVATE.test(tag) || isThere(tag)));

function readVrs(given: JsonValue | undefined): Readonly<Record<string, string>> {
  if (given === undefined) return {};
  const isOfVrs = (entry: [string, JsonValue]): entry is [string, string] =>
    PRIVATE.test(entry[0]) && typeof entry[1] === "string" && VR.test(entry[1]);
  const entries = isRecord(given) ? Object.entries(given as Readonly<Record<string, JsonValue>>) : undefined;
  if (entries?.every(isOfVrs) === true) return Object.fromEntries(entries);
  throw new InvalidChange("DICOMVRs expects VRs by the tags of private attributes");
}
