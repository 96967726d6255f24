import { errorMessage } from "../../api/error-message.ts";
import type { ImageFrameDocument } from "../../domain/image-sets/metadata/metadata-document.ts";
import { readCodestream } from "../../imaging/pixels/htj2k/codestream.ts";
import { bitsAllocatedOf, decodeStored, isDecoderWornOut } from "./frame-decoder.ts";

/** One stored frame to decode. */
export interface DecodingRequest {
  readonly kind: "decode";
  /** In memory that is shared until the reply. */
  readonly codestream: Uint8Array;
  readonly frame: ImageFrameDocument;
  /** Memory for the samples, as large as they are. */
  readonly into?: ArrayBuffer | undefined;
}

/** The samples are transferred. `isWornOut`: the thread should not be used again. */
export type DecodingReply = { readonly isWornOut: boolean } & (
  | { readonly kind: "decoded"; readonly samples: Uint8Array<ArrayBuffer> }
  | { readonly kind: "undecodable"; readonly message: string }
);

/** Runs in a worker thread. */
export async function decodeInThread({ codestream, frame, into }: DecodingRequest): Promise<DecodingReply> {
  try {
    const bitsAllocated = bitsAllocatedOf(readCodestream(codestream), frame);
    const samples = await decodeStored(codestream, frame, bitsAllocated, into);
    return { kind: "decoded", samples, isWornOut: isDecoderWornOut() };
  } catch (error) {
    return { kind: "undecodable", message: errorMessage(error), isWornOut: isDecoderWornOut() };
  }
}
