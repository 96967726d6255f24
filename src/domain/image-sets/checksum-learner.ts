import { checksumOf, frameKey, type BlobChecksum, type MeasuredBlobs, type StoredBlob } from "../blobs.ts";
import type { Clock } from "../time/clock.ts";
import { latestVersion, type ImageSet, type ImageSetVersion } from "./image-set.ts";
import type { State } from "../state.ts";

interface Dependencies {
  readonly state: State;
  readonly blobs: MeasuredBlobs;
  readonly clock: Clock;
}

/** A series is read frame by frame, so one change of its image set stores many checksums. */
const DELAY_MS = 1_000;

/** Adds checksums, at their first read, to blobs that 0.1.0 stored without one. */
export class ChecksumLearner implements MeasuredBlobs {
  readonly #dependencies: Dependencies;
  /** By image set, then by key. */
  readonly #learned = new Map<string, Map<string, BlobChecksum>>();
  #isScheduled = false;

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
  }

  read(key: string, stored?: StoredBlob): Promise<Uint8Array> {
    const { blobs } = this.#dependencies;
    const isKnown = stored === undefined || stored.checksum !== undefined;
    return isKnown ? blobs.read(key, stored) : this.#readFirst(stored);
  }

  byteLength(key: string, stored?: StoredBlob): Promise<number> {
    return this.#dependencies.blobs.byteLength(key, stored);
  }

  write(key: string, bytes: Uint8Array): Promise<void> {
    return this.#dependencies.blobs.write(key, bytes);
  }

  take(key: string, path: string): Promise<void> {
    return this.#dependencies.blobs.take(key, path);
  }

  remove(key: string): Promise<void> {
    return this.#dependencies.blobs.remove(key);
  }

  /** Stores the checksums that are known so far. */
  keep(): void {
    const { state } = this.#dependencies;
    const learned = [...this.#learned];
    this.#learned.clear();
    if (learned.length === 0) return;
    state.update(({ imageSets }) => {
      for (const [imageSetId, checksums] of learned) {
        const imageSet = imageSets.get(imageSetId);
        const isThere = imageSet !== undefined && latestVersion(imageSet).imageSetState !== "DELETED";
        if (isThere) imageSets.put(withChecksums(imageSet, checksums));
      }
    });
  }

  async #readFirst({ key, imageSetId }: StoredBlob): Promise<Uint8Array> {
    const known = this.#learned.get(imageSetId);
    const checksum = known?.get(key);
    const bytes = await this.#dependencies.blobs.read(key, { key, imageSetId, checksum });
    if (checksum === undefined) this.#learn(imageSetId, key, checksumOf(bytes));
    return bytes;
  }

  #learn(imageSetId: string, key: string, checksum: BlobChecksum): void {
    const checksums = this.#learned.get(imageSetId) ?? new Map<string, BlobChecksum>();
    this.#learned.set(imageSetId, checksums.set(key, checksum));
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const keep = (): void => {
      this.#isScheduled = false;
      this.keep();
    };
    this.#dependencies.clock.schedule(DELAY_MS, keep, true);
  }
}

function withChecksums(imageSet: ImageSet, checksums: ReadonlyMap<string, BlobChecksum>): ImageSet {
  const { datastoreId, frameIds, versions } = imageSet;
  const complete = (version: ImageSetVersion): ImageSetVersion => {
    const metadataChecksum = version.metadataChecksum ?? checksums.get(version.metadataKey);
    return metadataChecksum === undefined ? version : { ...version, metadataChecksum };
  };
  const [first, ...rest] = versions;
  const frameChecksums = frameIds.map(
    (frameId, index) =>
      imageSet.frameChecksums?.[index] ?? checksums.get(frameKey(datastoreId, frameId)) ?? null,
  );
  return { ...imageSet, versions: [complete(first), ...rest.map(complete)], frameChecksums };
}
