import type { MeasuredBlobs, StoredBlob } from "../../domain/blobs.ts";
import type { Caller } from "../../domain/caller.ts";
import type { ImageSets } from "../../domain/image-sets/image-sets.ts";
import type { StorageTiers } from "../../domain/image-sets/storage-tiers.ts";
import { chooseTransferSyntax } from "./accept.ts";
import { DocumentCache } from "./document-cache.ts";
import { findInstance, type FoundInstance, type InstanceRequest } from "./find-instance.ts";
import { openFrames } from "./sent-frames.ts";
import { writeFile, type WrittenFile } from "./write-file.ts";

interface GetDICOMInstanceDependencies {
  readonly imageSets: ImageSets;
  readonly blobs: MeasuredBlobs;
  readonly tiers: StorageTiers;
}

interface GetDICOMInstanceRequest extends InstanceRequest {
  /** The header. */
  readonly accept?: string | undefined;
}

/** A DICOM file that is written while it is sent. */
interface InstanceFile extends WrittenFile {
  readonly contentType: "application/dicom";
  readonly hint: string | undefined;
}

/**
 * WADO-RS: an instance as a Part 10 file of its current metadata and its frames
 * (facts: dicomweb#getdicominstance).
 */
export function GetDICOMInstance({ imageSets, blobs, tiers }: GetDICOMInstanceDependencies) {
  /** Created at the first call: a start does not load the cache. */
  let documents: DocumentCache | undefined;
  return async (request: GetDICOMInstanceRequest, caller: Caller): Promise<InstanceFile> => {
    const transferSyntaxUID = chooseTransferSyntax(request.accept);
    documents ??= new DocumentCache(blobs);
    const found = await findInstance({ imageSets, documents }, caller, request);
    tiers.touch(found.imageSetId);
    const { datastoreId } = request;
    const storedFrame = (frameId: string): StoredBlob =>
      imageSets.frame(caller, datastoreId, found.imageSetId, frameId);
    const frames = await openFrames(blobs, storedFrame, found, transferSyntaxUID).catch((error: unknown) => {
      // If it was deleted meanwhile, the answer says so.
      imageSets.getExisting(caller, datastoreId, found.imageSetId);
      throw error;
    });
    const file = writeFile(found, transferSyntaxUID, frames);
    return { ...file, contentType: "application/dicom", hint: hintOf(found) };
  };
}

const MAX_NAMED = 20;

function hintOf({ others }: FoundInstance): string | undefined {
  if (others.length === 0) return undefined;
  const more = others.length > MAX_NAMED ? ` and ${others.length - MAX_NAMED} more` : "";
  return `also in image set ${others.slice(0, MAX_NAMED).join(", ")}${more}: choose one with ?imageSetId=`;
}
