import { EXPLICIT_VR_LITTLE_ENDIAN } from "../../api/transfer-syntaxes.ts";
import type { Attributes } from "../../domain/image-sets/metadata/metadata-document.ts";
import { tagOf } from "../../imaging/dicom/dictionary/dictionary.ts";
import { writeDicomJson } from "../../imaging/dicom/metadata/dicom-json.ts";
import { STORED_TRANSFER_SYNTAX } from "./accept.ts";
import { bulkDataUris } from "./bulk-data.ts";
import type { FoundInstance, InstanceRequest } from "./find-instance.ts";
import { isPixelEncoding } from "./instance-file.ts";

/**
 * An instance in the DICOM JSON Model: all elements of its metadata as they are, but for pixel data and what describes
 * its encoding. Large values are bulk data.
 * Assumed: transfer-syntax-in-json. Of file meta information there is the transfer syntax alone: that in which the
 * instance is stored; Explicit VR Little Endian for one without frames.
 * @param endpoint that the client called
 */
export function writeInstanceJson(
  { attributes, instance }: FoundInstance,
  request: InstanceRequest,
  endpoint: string,
): string {
  const hasFrames = instance.ImageFrames.length > 0;
  const sent: Attributes = {
    ...pick(attributes),
    TransferSyntaxUID: hasFrames ? STORED_TRANSFER_SYNTAX : EXPLICIT_VR_LITTLE_ENDIAN,
  };
  return writeDicomJson(sent, { vrs: instance.DICOMVRs, bulkDataUri: bulkDataUris(request, endpoint) });
}

function pick(attributes: Attributes): Attributes {
  const entries = Object.entries(attributes).filter(([name]) => {
    const tag = tagOf(name) ?? name;
    return !tag.startsWith("0002") && !isPixelEncoding(tag);
  });
  return Object.fromEntries(entries);
}
