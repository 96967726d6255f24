import type { MeasuredBlobs, StoredBlob } from "../../domain/blobs.ts";
import type { Caller } from "../../domain/caller.ts";
import type { ImageSets } from "../../domain/image-sets/image-sets.ts";
import type { StorageTiers } from "../../domain/image-sets/storage-tiers.ts";
import { chooseTransferSyntax, type InstanceOffer } from "./accept.ts";
import { alsoIn, type InstanceFinder, type InstanceRequest } from "./find-instance.ts";
import { openFrames } from "./sent-frames.ts";
import { writeFile, type WrittenFile } from "./write-file.ts";

interface GetDICOMInstanceDependencies {
  readonly imageSets: ImageSets;
  readonly blobs: MeasuredBlobs;
  readonly tiers: StorageTiers;
  readonly instances: InstanceFinder;
  /** Of the served release. */
  readonly behaviours: { readonly instanceTransferSyntaxes: readonly InstanceOffer[] };
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
export const GetDICOMInstance =
  ({ imageSets, blobs, tiers, instances, behaviours }: GetDICOMInstanceDependencies) =>
  async (request: GetDICOMInstanceRequest, caller: Caller): Promise<InstanceFile> => {
    const transferSyntaxUID = chooseTransferSyntax(request.accept, behaviours.instanceTransferSyntaxes);
    const found = await instances.find(request, caller);
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
    return { ...file, contentType: "application/dicom", hint: alsoIn(found) };
  };
