import { createHash } from "node:crypto";
import { isBase64 } from "../../api/base64.ts";
import { isRecord } from "../../api/json.ts";
import { tagOf } from "../../imaging/dicom/dictionary/dictionary.ts";
import type { MetadataObject, MetadataValue } from "../../imaging/dicom/element-value.ts";
import { byteLengthOfBase64 } from "../../imaging/dicom/metadata/dicom-json.ts";
import { nestedPath } from "../../imaging/dicom/metadata/instance-vrs.ts";
import { listOfValues } from "../../imaging/dicom/metadata/value-vr.ts";
import type { InstanceRequest } from "./find-instance.ts";

/** Larger values are not in metadata (facts: dicomweb#bulk-data). */
const MAX_INLINE_BYTES = 2 ** 20;

/**
 * Where each large value of an instance is read, by the path of its element; undefined for small ones. The values are
 * in the metadata document of the image set, whose quota bounds them all.
 * Assumed: bulk-data-uri. It is at the endpoint that was called, and names the image set if the request did.
 * @param endpoint that the client called
 */
export function bulkDataUris(
  request: InstanceRequest,
  endpoint: string,
): (path: string, byteLength: number) => string | undefined {
  const { datastoreId, studyInstanceUID, seriesInstanceUID, sopInstanceUID, imageSetId } = request;
  const instance =
    `${endpoint}/datastore/${datastoreId}/studies/${studyInstanceUID}` +
    `/series/${seriesInstanceUID}/instances/${sopInstanceUID}`;
  const query = imageSetId === undefined ? "" : `?imageSetId=${imageSetId}`;
  return (path, byteLength) =>
    byteLength > MAX_INLINE_BYTES ? `${instance}/bulkdata/${bulkDataIdOf(path)}${query}` : undefined;
}

/** 32 hex digits that stand for an element by its path in the instance. */
const bulkDataIdOf = (path: string): string => createHash("sha256").update(path).digest("hex").slice(0, 32);

/** The bytes of the large value that has an id; undefined if the instance has none. */
export function findBulkData(attributes: MetadataObject, id: string, path = ""): Uint8Array | undefined {
  for (const [name, value] of Object.entries(attributes)) {
    const found = isLargeBinary(value)
      ? bulkDataIdOf(path + (tagOf(name) ?? name)) === id && Buffer.from(value, "base64")
      : findInItems(name, value, id, path);
    if (found) return found;
  }
  return undefined;
}

function findInItems(name: string, value: MetadataValue, id: string, path: string): Uint8Array | undefined {
  const items = listOfValues(value).filter((item): item is MetadataObject => isRecord(item));
  for (const [index, item] of items.entries()) {
    const found = findBulkData(item, id, nestedPath(path, name, index));
    if (found !== undefined) return found;
  }
  return undefined;
}

const isLargeBinary = (value: MetadataValue): value is string =>
  typeof value === "string" && byteLengthOfBase64(value) > MAX_INLINE_BYTES && isBase64(value);
