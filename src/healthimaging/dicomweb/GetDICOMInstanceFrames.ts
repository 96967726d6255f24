import { ServiceError } from "../../api/errors.ts";
import { EXPLICIT_VR_LITTLE_ENDIAN } from "../../api/transfer-syntaxes.ts";
import type { Caller } from "../../domain/caller.ts";
import type { StorageTiers } from "../../domain/image-sets/storage-tiers.ts";
import type { ImageFrameDocument } from "../../domain/image-sets/metadata/metadata-document.ts";
import { chooseFrames } from "./accept-frames.ts";
import { alsoIn, type FoundInstance, type InstanceFinder, type InstanceRequest } from "./find-instance.ts";
import { FrameSource, type FrameSourceDependencies } from "./frame-source.ts";
import { writeMultipart } from "./write-multipart.ts";

interface GetDICOMInstanceFramesDependencies extends FrameSourceDependencies {
  readonly tiers: StorageTiers;
  readonly instances: InstanceFinder;
}

interface FramesRequest extends InstanceRequest {
  /** Numbers from 1 on: `3` or `1,2,5`. */
  readonly frameList: string;
  /** The header. */
  readonly accept?: string | undefined;
}

interface SentFrameList {
  readonly file: AsyncIterable<Uint8Array>;
  readonly byteLength: number;
  readonly contentType: string;
  readonly hint: string | undefined;
}

/**
 * WADO-RS: frames of an instance, each a part of the answer, in the order of the list
 * (facts: dicomweb#frames). Stored frames are sent byte for byte; the first is read before the answer begins, since most
 * failures occur there.
 */
export const GetDICOMInstanceFrames =
  ({ tiers, instances, ...parts }: GetDICOMInstanceFramesDependencies) =>
  async (request: FramesRequest, caller: Caller): Promise<SentFrameList> => {
    const numbers = readFrameList(request.frameList);
    const { isMultipart, ...sentAs } = chooseFrames(request.accept, numbers.length);
    const found = await instances.find(request, caller);
    tiers.touch(found.imageSetId);
    const frames = framesOf(found, numbers);
    const source = new FrameSource(parts, caller, request.datastoreId, found, frames);
    const isStored = sentAs.transferSyntaxUID !== EXPLICIT_VR_LITTLE_ENDIAN;
    const byteLengths = isStored
      ? await Promise.all(frames.map((frame) => source.byteLength(frame)))
      : frames.map(({ FrameSizeInBytes }) => FrameSizeInBytes);
    const bytes = await begun(isStored ? source.stored(frames) : source.decoded(frames));
    const hint = alsoIn(found);
    if (isMultipart) return { ...writeMultipart({ ...sentAs, byteLengths, bytes }), hint };
    const contentType = `${sentAs.mediaType}; transfer-syntax=${sentAs.transferSyntaxUID}`;
    return { file: bytes, byteLength: byteLengths[0] ?? 0, contentType, hint };
  };

/** @throws ServiceError ValidationException for a repeated number */
function readFrameList(list: string): number[] {
  const numbers = list.split(",").map(Number);
  const seen = new Set<number>();
  const repeated = numbers.find((number) => seen.has(number) || !seen.add(number));
  if (repeated === undefined) return numbers;
  throw new ServiceError("ValidationException", `Frame ${repeated} is more than once in the list of frames`);
}

/** @throws ServiceError ResourceNotFoundException for a frame that the instance does not have */
function framesOf(
  { instance, sopInstanceUID }: FoundInstance,
  numbers: readonly number[],
): ImageFrameDocument[] {
  const { ImageFrames } = instance;
  return numbers.map((number) => {
    const frame = ImageFrames[number - 1];
    if (frame !== undefined) return frame;
    const count = ImageFrames.length === 1 ? "1 frame" : `${ImageFrames.length} frames`;
    const message = `Frame ${number} does not exist in instance ${sopInstanceUID}, which has ${count}`;
    throw new ServiceError("ResourceNotFoundException", message);
  });
}

/** The same values, once the first has been made. */
async function begun<T>(values: AsyncGenerator<T>): Promise<AsyncIterable<T>> {
  const first = await values.next();
  async function* all(): AsyncGenerator<T> {
    if (first.done === true) return;
    try {
      yield first.value;
      for await (const value of values) yield value;
    } finally {
      await values.return(undefined);
    }
  }
  return all();
}
