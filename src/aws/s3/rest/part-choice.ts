import { S3Error } from "../s3-error.ts";
import type { Part, MultipartUpload } from "../multipart-uploads.ts";
import { malformed, textOf, type XmlElement } from "./body/xml.ts";

/** The uploaded part that a `<Part>` of a completion names; `before` is the preceding `<Part>`. */
export function choosePart(upload: MultipartUpload, wanted: XmlElement, before?: XmlElement): Part {
  const partNumber = numberOf(wanted);
  if (before !== undefined && numberOf(before) >= partNumber)
    throw new S3Error(
      "InvalidPartOrder",
      "The list of parts was not in ascending order. Parts must be ordered by part number.",
    );
  const part = upload.parts.get(partNumber);
  const etag = textOf(wanted, "ETag")?.trim().replaceAll('"', "");
  if (part === undefined || etag !== part.md5 || !hasChecksums(part, wanted))
    throw new S3Error(
      "InvalidPart",
      "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
      {
        details: { UploadId: upload.id, PartNumber: String(partNumber), ETag: etag ?? "" },
      },
    );
  return part;
}

function numberOf(part: XmlElement): number {
  const text = textOf(part, "PartNumber")?.trim() ?? "";
  if (!/^\d{1,5}$/.test(text)) throw malformed(`expected a <PartNumber>, got "${text}"`);
  return Number(text);
}

/** A part that was uploaded with a checksum must not be named with a different one of the same kind. */
const hasChecksums = ({ checksums }: Part, wanted: XmlElement): boolean =>
  Object.entries(checksums).every(([header, checksum]) => {
    const name = `Checksum${header.slice("x-amz-checksum-".length).toUpperCase()}`;
    return (textOf(wanted, name) ?? checksum) === checksum;
  });
