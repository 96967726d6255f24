import { isUserMetadata, SYSTEM_HEADERS } from "../metadata/object-attributes.ts";
import type { ObjectInfo } from "../object-info.ts";
import { S3Error } from "../s3-error.ts";
import type { S3Request } from "./s3-request.ts";

/** The names without `x-amz-meta-`, and the values. */
const MAX_METADATA_BYTES = 2048;
/** What S3 says where it was given none. */
const CONTENT_TYPE = "binary/octet-stream";

/**
 * What a request says of the object that it writes: content type and the like, and the user's metadata.
 * @throws S3Error MetadataTooLarge
 */
export function keptHeaders({ headers }: Pick<S3Request, "headers">): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of SYSTEM_HEADERS) {
    const value = name === "content-encoding" ? contentEncoding(headers[name]) : headers[name];
    if (value !== undefined && value !== "") kept[name] = value;
  }
  let size = 0;
  for (const [name, value = ""] of Object.entries(headers)) {
    if (!isUserMetadata(name)) continue;
    size += name.length - "x-amz-meta-".length + value.length;
    kept[name] = value;
  }
  if (size <= MAX_METADATA_BYTES) return kept;
  throw new S3Error("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", {
    details: { Size: String(size), MaxSizeAllowed: String(MAX_METADATA_BYTES) },
  });
}

/** How a body is wrapped for its way is not how the object is encoded. */
const contentEncoding = (value: string | undefined): string | undefined =>
  value
    ?.split(",")
    .map((encoding) => encoding.trim())
    .filter((encoding) => encoding !== "aws-chunked")
    .join(",");

/** Those of an answer that has the object, or says what is known of it. */
export const sentHeaders = ({ attributes }: ObjectInfo): Record<string, string> => ({
  "content-type": CONTENT_TYPE,
  ...attributes?.headers,
});

/** Types that no browser runs. A comma may have another type after it, which would count. */
const INERT =
  /^(?:binary\/octet-stream|application\/(?:dicom|gzip|json|octet-stream|pdf|zip)|text\/(?:csv|plain)|(?:audio|font|video)\/[\w.-]+|image\/(?!svg)[\w.-]+) *(?:;[^,]*)?$/i;
const SANDBOX = "sandbox allow-downloads allow-forms allow-modals allow-popups allow-scripts";

/**
 * An object that a browser shows as a page has no origin: else its scripts would have the emulator's own, and reach
 * HealthImaging and `/_local`. On AWS the host of a bucket serves nothing else.
 */
export function sandboxed(headers: Readonly<Record<string, string>>): Record<string, string> {
  const isInert = INERT.test(headers["content-type"] ?? "");
  return isInert ? { ...headers } : { ...headers, "content-security-policy": SANDBOX };
}
