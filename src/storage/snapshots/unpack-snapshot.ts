import { join } from "node:path";
import type { ServiceRelease } from "../../api/releases/service-release.ts";
import type { StoredDocument } from "../documents/stored-documents.ts";
import { readRegularFile } from "../files/regular-file.ts";
import { DiskSpace } from "./disk-space.ts";
import { checkChecksums, readDocuments } from "./snapshot-documents.ts";
import { SnapshotError } from "./snapshot-error.ts";
import { unpack } from "./snapshot-file.ts";
import { MANIFEST, readManifest } from "./snapshot-manifest.ts";

/** What a received file has in it, besides blobs. */
interface UnpackedSnapshot {
  readonly documents: StoredDocument[];
  readonly serviceRelease: ServiceRelease;
}

/**
 * Unpacks the file of a snapshot into an empty folder, and checks its content.
 * @throws SnapshotError
 */
export async function unpackSnapshot(
  bytes: AsyncIterable<Uint8Array>,
  folder: string,
): Promise<UnpackedSnapshot> {
  try {
    const checksums = await unpack(bytes, folder, await DiskSpace.of(folder));
    const documents = await readDocuments(folder);
    checkChecksums(documents, checksums);
    const manifest = await readRegularFile(join(folder, MANIFEST));
    return { documents, serviceRelease: readManifest(manifest.toString()).serviceRelease };
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error;
    throw new SnapshotError(error.code, `the file is not a valid snapshot: ${error.message}`, {
      cause: error,
    });
  }
}
