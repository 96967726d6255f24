import { notAcceptable, readAccept } from "./accept-header.ts";

export const DICOM_JSON = "application/dicom+json";
export const OCTET_STREAM = "application/octet-stream";

/**
 * Checks that a client accepts DICOM JSON. A list that has a multipart alternative, too, is refused
 * (facts: dicomweb#accept-of-json).
 * Assumed: accept-of-json. The refusal is a NotAcceptableException, and `application/json` alone is refused.
 * @throws ServiceError NotAcceptableException
 */
export function requireDicomJson(accept: string | undefined): void {
  const ranges = readAccept(accept);
  if (ranges.some(({ type }) => type.startsWith("multipart/")) || !isAccepted(accept, DICOM_JSON))
    throw notAcceptable("No DICOM JSON", accept, `${DICOM_JSON}, without multipart alternatives`);
}

/** @throws ServiceError NotAcceptableException */
export function requireOctets(accept: string | undefined): void {
  if (!isAccepted(accept, OCTET_STREAM)) throw notAcceptable("No bulk data", accept, OCTET_STREAM);
}

const isAccepted = (accept: string | undefined, mediaType: string): boolean =>
  readAccept(accept).some(
    ({ type, quality }) => quality > 0 && [mediaType, "application/*", "*/*"].includes(type),
  );
