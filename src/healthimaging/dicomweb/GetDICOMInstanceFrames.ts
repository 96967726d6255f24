import { ServiceError } from "../../api/errors.ts";
import { EXPLICIT_VR_LITTLE_ENDIAN } from "../../api/transfer-syntaxes.ts";
import type { Caller } from "../../domain/caller.ts";
import type { StorageTiers } from "../../domain/image-sets/storage-tiers.ts";
import type { ImageFrameDocument } from "../../domain/image-sets/metadata/metadata-document.ts";
import { chooseFrames } from "./accept-frames.ts";
import { alsoIn, type FoundInstance, type InstanceFinder, type InstanceRequest } from "./find-instance.ts";
import { FrameSource, type FrameSourceDependencies } from "./frame-source.ts";
import { createMultipart, joinMultipart, multipartLength, streamMultipart } from "./write-multipart.ts";

interface GetDICOMInstanceFramesDependencies extends FrameSourceDependencies {
  readonly tiers: StorageTiers;
  readonly instances: InstanceFinder;
}

export interface FramesRequest extends InstanceRequest {
  /** Numbers from 1 on: `3` or `1,2,5`. */
  readonly frameList: string;
  /** The header. */
  readonly accept?: string | undefined;
}

/** A body in memory, or one that is written while it is sent. */
type SentFrames = { readonly contentType: string; readonly hint: string | undefined } & (
  | { readonly bytes: readonly Uint8Array[] }
  | {
      readonly file: AsyncIterable<Uint8Array>;
      readonly byteLength: number;
      readonly takeBack: ((piece: Uint8Array) => void) | undefined;
    }
);

/** Bytes of frames that are read before they are sent, which takes less time; a single frame is read whole anyway. */
const MAX_WHOLE_BYTES = 4 * 2 ** 20;

/**
 * WADO-RS: frames of an instance, each a part of the answer, in the order of the list
 * (facts: dicomweb#frames). Stored frames are sent byte for byte. The first is read before the answer begins, since
 * most failures occur there.
 */
export const GetDICOMInstanceFrames =
  (parts: GetDICOMInstanceFramesDependencies) =>
  async (request: FramesRequest, caller: Caller): Promise<SentFrames> => {
    const numbers = readFrameList(request.frameList);
    const { isMultipart, mediaType, transferSyntaxUID } = chooseFrames(request.accept, numbers.length);
    const found = await parts.instances.find(request, caller);
    parts.tiers.touch(found.imageSetId);
    const source = new FrameSource(parts, caller, request.datastoreId, found, framesOf(found, numbers));
    const isDecoded = transferSyntaxUID === EXPLICIT_VR_LITTLE_ENDIAN;
    const frames = await read(source, isDecoded);
    const hint = alsoIn(found);
    // There is one frame.
    if (!isMultipart && "whole" in frames)
      return { bytes: frames.whole, contentType: `${mediaType}; transfer-syntax=${transferSyntaxUID}`, hint };
    const multipart = createMultipart(mediaType, transferSyntaxUID);
    const { contentType } = multipart;
    if ("whole" in frames) return { bytes: joinMultipart(multipart, frames.whole), contentType, hint };
    const byteLength = multipartLength(multipart, frames.byteLengths);
    // Stored frames are in the cache, too.
    const takeBack = isDecoded ? (piece: Uint8Array) => source.takeBack(piece) : undefined;
    return { file: streamMultipart(multipart, frames.bytes), byteLength, contentType, hint, takeBack };
  };

type ReadFrames =
  | { readonly whole: readonly Uint8Array[] }
  | { readonly bytes: AsyncIterable<Uint8Array>; readonly byteLengths: readonly number[] };

async function read(source: FrameSource, isDecoded: boolean): Promise<ReadFrames> {
  const { frames } = source;
  const whole = async (): Promise<ReadFrames> => ({
    whole: await Promise.all(frames.map((frame) => (isDecoded ? source.decode(frame) : source.read(frame)))),
  });
  if (frames.length === 1) return whole();
  const byteLengths = isDecoded
    ? frames.map(({ FrameSizeInBytes }) => FrameSizeInBytes)
    : await Promise.all(frames.map((frame) => source.byteLength(frame)));
  if (byteLengths.reduce((sum, length) => sum + length, 0) <= MAX_WHOLE_BYTES) return whole();
  return { bytes: await begun(isDecoded ? source.decoded(frames) : source.stored(frames)), byteLengths };
}

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
