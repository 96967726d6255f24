import { EXPLICIT_VR_LITTLE_ENDIAN } from "../../api/transfer-syntaxes.ts";
import type { Caller } from "../../domain/caller.ts";
import type { StorageTiers } from "../../domain/image-sets/storage-tiers.ts";
import { chooseTransferSyntax, type InstanceOffer } from "./accept.ts";
import { alsoIn, type InstanceFinder, type InstanceRequest } from "./find-instance.ts";
import { FrameSource, type FrameSourceDependencies } from "./frame-source.ts";
import { openFrames } from "./file/sent-frames.ts";
import { writeFile, type WrittenFile } from "./file/write-file.ts";

export interface GetDICOMInstanceDependencies extends FrameSourceDependencies {
  readonly tiers: StorageTiers;
  readonly instances: InstanceFinder;
  /** Of the served release. */
  readonly behaviours: { readonly instanceTransferSyntaxes: readonly InstanceOffer[] };
}

export interface GetDICOMInstanceRequest extends InstanceRequest {
  /** The header. */
  readonly accept?: string | undefined;
}

/** A DICOM file that is written while it is sent. */
export interface InstanceFile extends WrittenFile {
  readonly contentType: "application/dicom";
  readonly hint: string | undefined;
  readonly takeBack: ((piece: Uint8Array) => void) | undefined;
}

/**
 * WADO-RS: an instance as a Part 10 file of its current metadata and its frames
 * (facts: dicomweb#getdicominstance).
 */
export const GetDICOMInstance =
  (parts: GetDICOMInstanceDependencies) =>
  async (request: GetDICOMInstanceRequest, caller: Caller): Promise<InstanceFile> => {
    const { tiers, instances, behaviours } = parts;
    const transferSyntaxUID = chooseTransferSyntax(request.accept, behaviours.instanceTransferSyntaxes);
    const found = await instances.find(request, caller);
    tiers.touch(found.imageSetId);
    const source = new FrameSource(parts, caller, request.datastoreId, found);
    const frames = await openFrames(source, found, transferSyntaxUID);
    const file = writeFile(found, transferSyntaxUID, frames);
    // Stored frames are in the cache, too.
    const isDecoded = transferSyntaxUID === EXPLICIT_VR_LITTLE_ENDIAN;
    const takeBack = isDecoded ? (piece: Uint8Array) => source.takeBack(piece) : undefined;
    return { ...file, contentType: "application/dicom", hint: alsoIn(found), takeBack };
  };
