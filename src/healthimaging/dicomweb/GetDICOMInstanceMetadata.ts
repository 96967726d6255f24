import type { Caller } from "../../domain/caller.ts";
import type { StorageTiers } from "../../domain/image-sets/storage-tiers.ts";
import { requireDicomJson } from "./accept-plain.ts";
import { alsoIn, type InstanceFinder, type InstanceRequest } from "./find-instance.ts";
import { writeInstanceJson } from "./instance-json.ts";
import { answerDicomJson, type DicomJsonAnswer } from "./json-answer.ts";

export interface MetadataDependencies {
  readonly instances: InstanceFinder;
  readonly tiers: StorageTiers;
}

/** What clients send besides the path. */
export interface MetadataRequest {
  /** The header. */
  readonly accept?: string | undefined;
  readonly endpoint: string;
}

/** WADO-RS: the elements of an instance, without pixel data (facts: dicomweb#metadata). */
export const GetDICOMInstanceMetadata =
  ({ instances, tiers }: MetadataDependencies) =>
  async (request: InstanceRequest & MetadataRequest, caller: Caller): Promise<DicomJsonAnswer> => {
    requireDicomJson(request.accept);
    const found = await instances.find(request, caller);
    tiers.touch(found.imageSetId);
    return answerDicomJson([writeInstanceJson(found, request, request.endpoint)], alsoIn(found));
  };
