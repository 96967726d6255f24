import type { MeasuredBlobs, StoredBlob } from "../../domain/blobs.ts";
import type { Caller } from "../../domain/caller.ts";
import type { ImageSets } from "../../domain/image-sets/image-sets.ts";
import type { ImageFrameDocument } from "../../domain/image-sets/metadata/metadata-document.ts";
import type { FrameDecoder } from "../../importer/decoding/decoder-pool.ts";
import type { FoundInstance } from "./find-instance.ts";

export interface FrameSourceDependencies {
  readonly imageSets: ImageSets;
  readonly blobs: MeasuredBlobs;
  readonly decoders: FrameDecoder;
}

/** A frame is read while the one before it is sent. */
const STORED_AHEAD = 2;

/** Frames of one image set, to be read as they are stored or decoded. */
export class FrameSource {
  readonly #parts: FrameSourceDependencies;
  readonly #stored: ReadonlyMap<ImageFrameDocument, StoredBlob>;
  readonly #check: () => void;

  /**
   * Looks the frames up at once: an image set that is deleted while it is sent no longer has frames.
   * @throws ServiceError ResourceNotFoundException
   */
  constructor(
    parts: FrameSourceDependencies,
    caller: Caller,
    datastoreId: string,
    { imageSetId, instance }: Pick<FoundInstance, "imageSetId" | "instance">,
    frames: readonly ImageFrameDocument[] = instance.ImageFrames,
  ) {
    const { imageSets } = parts;
    this.#parts = parts;
    this.#stored = new Map(
      frames.map((frame) => [frame, imageSets.frame(caller, datastoreId, imageSetId, frame.ID)]),
    );
    this.#check = () => void imageSets.getExisting(caller, datastoreId, imageSetId);
  }

  /** In the order in which they were asked for. */
  get frames(): ImageFrameDocument[] {
    return [...this.#stored.keys()];
  }

  /** If the image set was deleted meanwhile, the error says so. */
  async read(frame: ImageFrameDocument): Promise<Uint8Array> {
    const stored = this.#blobOf(frame);
    return this.#parts.blobs.read(stored.key, stored).catch((error: unknown) => {
      this.#check();
      throw error;
    });
  }

  /** @param codestream of the stored frame, if it has been read already */
  async decode(frame: ImageFrameDocument, codestream?: Uint8Array): Promise<Uint8Array> {
    return this.#parts.decoders.decode(codestream ?? (await this.read(frame)), frame);
  }

  /** Takes back what `decoded` made, once it has been sent. */
  takeBack(samples: Uint8Array): void {
    this.#parts.decoders.takeBack(samples);
  }

  /** Of the stored frame. */
  byteLength(frame: ImageFrameDocument): Promise<number> {
    const stored = this.#blobOf(frame);
    return this.#parts.blobs.byteLength(stored.key, stored);
  }

  /** Frames in order, each as it is stored. */
  stored(frames: readonly ImageFrameDocument[]): AsyncGenerator<Uint8Array> {
    return inOrder(frames, (frame) => this.read(frame), STORED_AHEAD);
  }

  /** Frames in order, of which as many are decoded at once as there are threads. */
  decoded(frames: readonly ImageFrameDocument[]): AsyncGenerator<Uint8Array> {
    return inOrder(frames, (frame) => this.decode(frame), this.#parts.decoders.size + 1);
  }

  #blobOf(frame: ImageFrameDocument): StoredBlob {
    const stored = this.#stored.get(frame);
    if (stored === undefined) throw new Error(`image frame ${frame.ID} was not asked for`);
    return stored;
  }
}

/**
 * What `start` makes of each item, in order, of which up to `count` are in the making. A reader that stops early leaves
 * nothing behind: what was started ends, and its failures are nobody's.
 */
async function* inOrder<Item, Made>(
  items: readonly Item[],
  start: (item: Item) => Promise<Made>,
  count: number,
): AsyncGenerator<Made> {
  const started: Promise<Made>[] = [];
  for (const item of items) {
    const made = start(item);
    made.catch(() => {});
    started.push(made);
    const first = started.length >= count ? started.shift() : undefined;
    if (first !== undefined) yield await first;
  }
  for (const made of started) yield await made;
}
