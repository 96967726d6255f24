import { DEFAULT_RELEASE, releaseNamed, type ServiceRelease } from "../../api/releases/service-release.ts";
import { isRecord, tryParseJson } from "../../api/json.ts";
import type { SnapshotContents } from "../../domain/snapshot.ts";
import { FORMAT_VERSION, formatVersionOf } from "../folder/folder-format.ts";
import { blobKeysOf, type StoredDocument, type Kind } from "../documents/stored-documents.ts";
import { SnapshotError } from "./snapshot-error.ts";

export const MANIFEST = "snapshot.json";
const FORMAT = "healthimaging-local snapshot";

export function countContents(
  documents: readonly StoredDocument[],
  buckets: number | null,
): SnapshotContents {
  const count = (kind: Kind): number => documents.filter((stored) => stored.kind === kind).length;
  const blobs = new Set(documents.flatMap(blobKeysOf)).size;
  return {
    datastores: count("datastores"),
    importJobs: count("importJobs"),
    imageSets: count("imageSets"),
    blobs,
    buckets,
  };
}

/** What a snapshot's folder says of it. */
export interface Manifest extends SnapshotContents {
  readonly savedAt: string;
  readonly serviceRelease: ServiceRelease;
}

/** @param savedAt left out of an exported file, so that the same content has the same bytes */
export function writeManifest(
  contents: SnapshotContents & Pick<Manifest, "serviceRelease">,
  savedAt?: string,
): string {
  const saved = savedAt === undefined ? {} : { savedAt };
  const { serviceRelease, datastores, importJobs, imageSets, blobs, buckets } = contents;
  const counts = { datastores, importJobs, imageSets, blobs, buckets };
  // The same data has the same bytes as before manifests had a release.
  const named = serviceRelease === DEFAULT_RELEASE ? {} : { serviceRelease };
  const head = { format: FORMAT, version: formatVersionOf(serviceRelease), ...named, ...saved };
  return `${JSON.stringify({ ...head, ...counts }, null, 2)}\n`;
}

/** @throws SnapshotError if it is not a manifest, or a newer one */
export function readManifest(text: string): Manifest {
  const manifest = tryParseJson(text);
  const isOurs = isRecord(manifest) && manifest["format"] === FORMAT;
  if (!isOurs || typeof manifest["version"] !== "number" || !(manifest["version"] >= 1))
    throw new SnapshotError("InvalidSnapshot", `its ${MANIFEST} is not valid`);
  const { version, savedAt, serviceRelease: release = DEFAULT_RELEASE, ...counts } = manifest;
  if (version > FORMAT_VERSION) {
    throw new SnapshotError(
      "InvalidSnapshot",
      `it has format version ${version}, this healthimaging-local reads up to ${FORMAT_VERSION}: update it`,
    );
  }
  // Older manifests have no release.
  const serviceRelease = typeof release === "string" ? releaseNamed(release) : undefined;
  if (serviceRelease === undefined) {
    throw new SnapshotError(
      "InvalidSnapshot",
      `it was saved with service release ${JSON.stringify(release)}, which this healthimaging-local does not have: update it`,
    );
  }
  const count = (name: Exclude<keyof SnapshotContents, "buckets">): number => Number(counts[name] ?? 0);
  return {
    serviceRelease,
    savedAt: typeof savedAt === "string" ? savedAt : "",
    datastores: count("datastores"),
    importJobs: count("importJobs"),
    imageSets: count("imageSets"),
    blobs: count("blobs"),
    buckets: typeof counts["buckets"] === "number" ? counts["buckets"] : null,
  };
}
