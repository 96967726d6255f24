/** What is around the parts of a multipart body. */
export interface Multipart {
  /** `multipart/related` with the boundary. */
  readonly contentType: string;
  /** Before the first part, before every other one, and after the last one. */
  readonly first: Uint8Array;
  readonly between: Uint8Array;
  readonly end: Uint8Array;
}

/**
 * A multipart/related body (RFC 2046 5.1, RFC 2387).
 * Assumed: part-headers. Each part has a Content-Type with the transfer syntax, and no other header.
 * @param mediaType of each part: `image/jphc`
 */
export function createMultipart(mediaType: string, transferSyntaxUID: string): Multipart {
  const boundary = crypto.randomUUID();
  const heading = `--${boundary}\r\nContent-Type: ${mediaType}; transfer-syntax=${transferSyntaxUID}\r\n\r\n`;
  return {
    contentType: `multipart/related; type="${mediaType}"; boundary=${boundary}; transfer-syntax=${transferSyntaxUID}`,
    first: Buffer.from(heading),
    between: Buffer.from(`\r\n${heading}`),
    end: Buffer.from(`\r\n--${boundary}--\r\n`),
  };
}

/** The entire body, as chunks that share the memory of the parts. */
export const joinMultipart = (
  { first, between, end }: Multipart,
  parts: readonly Uint8Array[],
): Uint8Array[] => [...parts.flatMap((part, index) => [index === 0 ? first : between, part]), end];

/** The entire body while its parts are read. */
export async function* streamMultipart(
  { first, between, end }: Multipart,
  parts: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let head = first;
  for await (const part of parts) {
    yield head;
    yield part;
    head = between;
  }
  yield end;
}

/** @param byteLengths of the parts, of which there is at least one */
export const multipartLength = ({ first, between, end }: Multipart, byteLengths: readonly number[]): number =>
  byteLengths.reduce(
    (sum, length) => sum + length,
    first.length + between.length * (byteLengths.length - 1) + end.length,
  );
