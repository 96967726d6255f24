import type { Clock } from "../time/clock.ts";
import { latestVersion, type ImageSet } from "./image-set.ts";

export type StorageTier = "FREQUENT_ACCESS" | "ARCHIVE_INSTANT_ACCESS";

/** Without access (facts: image-sets#storage-tiers). */
const UNTOUCHED_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * The storage tier of image sets: they move to Archive Instant Access after 30 days without access, and back
 * when they are accessed. Import, updates, copies and reads of content count as access; reads of properties,
 * searches, lists and tags do not (facts: image-sets#storage-tiers).
 * Assumed: touches-in-memory. Access times are lost when the process ends; then the last change of the image
 * set counts.
 */
export class StorageTiers {
  readonly #clock: Clock;
  /** By image set; milliseconds since 1970. */
  readonly #touchedAt = new Map<string, number>();

  constructor({ clock }: { clock: Clock }) {
    this.#clock = clock;
  }

  touch(imageSetId: string): void {
    this.#touchedAt.set(imageSetId, this.#clock.now());
  }

  /** Drops image sets that no longer exist. */
  forget(imageSetIds: Iterable<string>): void {
    for (const imageSetId of imageSetIds) this.#touchedAt.delete(imageSetId);
  }

  tierOf(imageSet: ImageSet): { storageTier: StorageTier; lastAccessedAt: number } {
    const lastAccessedAt = this.#touchedAt.get(imageSet.imageSetId) ?? latestVersion(imageSet).updatedAt;
    const isUntouched = this.#clock.now() - lastAccessedAt >= UNTOUCHED_MS;
    return { storageTier: isUntouched ? "ARCHIVE_INSTANT_ACCESS" : "FREQUENT_ACCESS", lastAccessedAt };
  }
}
