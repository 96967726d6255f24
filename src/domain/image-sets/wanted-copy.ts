import type { CopyImageSetInformation } from "@aws-sdk/client-medical-imaging";
import { ServiceError } from "../../api/errors.ts";
import type { PendingCopy } from "./image-set.ts";
import type { MetadataDocument } from "./metadata/metadata-document.ts";
import { checkCopiable, selectInstances } from "./metadata/select-instances.ts";

export type CopyVersions = Pick<CopyImageSetInformation, "destinationImageSet" | "sourceImageSet">;

/** Of a request. */
export interface CopyFlags {
  /** Copies although patient, study or series differ. */
  readonly force?: boolean | undefined;
  readonly promoteToPrimary?: boolean | undefined;
}

/** What a request wants of a copy, besides its image sets. */
export type WantedCopy = Omit<PendingCopy, "kind" | "sourceImageSetId">;

/** @throws ServiceError ValidationException */
export function readWanted(
  { sourceImageSet, destinationImageSet }: CopyVersions,
  flags: CopyFlags,
): WantedCopy {
  const { force = false, promoteToPrimary = false } = flags;
  const { copiableAttributes } = sourceImageSet?.DICOMCopies ?? {};
  // Assumed: promotion-of-a-destination. A new image set is promoted, an existing one is not.
  if (promoteToPrimary && destinationImageSet !== undefined)
    throw new ServiceError("ValidationException", "promoteToPrimary does not accept a destinationImageSet");
  return {
    ...(copiableAttributes === undefined ? {} : { copiableAttributes: checkCopiable(copiableAttributes) }),
    ...(force ? { isForced: true } : {}),
    ...(promoteToPrimary ? { isPromoted: true } : {}),
  };
}

/** The instances that are to be copied. @throws ServiceError ValidationException */
export const selectFor = ({ copiableAttributes }: WantedCopy, document: MetadataDocument): MetadataDocument =>
  copiableAttributes === undefined ? document : selectInstances(document, copiableAttributes);
