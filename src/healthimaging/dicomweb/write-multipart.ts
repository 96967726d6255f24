/** A body of parts, with its length, which is known before they are read. */
export interface MultipartBody {
  readonly file: AsyncIterable<Uint8Array>;
  readonly byteLength: number;
  /** `multipart/related` with the boundary. */
  readonly contentType: string;
}

interface Parts {
  /** Of each part: `image/jphc`. */
  readonly mediaType: string;
  readonly transferSyntaxUID: string;
  readonly byteLengths: readonly number[];
  readonly bytes: AsyncIterable<Uint8Array>;
}

/**
 * Writes parts as multipart/related (RFC 2046 5.1, RFC 2387).
 * Assumed: part-headers. Each part has a Content-Type with the transfer syntax, and no other header.
 */
export function writeMultipart({ mediaType, transferSyntaxUID, byteLengths, bytes }: Parts): MultipartBody {
  const boundary = crypto.randomUUID();
  const heading = `--${boundary}\r\nContent-Type: ${mediaType}; transfer-syntax=${transferSyntaxUID}\r\n\r\n`;
  const first = Buffer.from(heading);
  const between = Buffer.from(`\r\n${heading}`);
  const end = Buffer.from(`\r\n--${boundary}--\r\n`);
  async function* write(): AsyncGenerator<Uint8Array> {
    let head = first;
    for await (const part of bytes) {
      yield head;
      yield part;
      head = between;
    }
    yield end;
  }
  const framing = first.length + between.length * (byteLengths.length - 1) + end.length;
  return {
    file: write(),
    byteLength: byteLengths.reduce((sum, byteLength) => sum + byteLength, framing),
    contentType: `multipart/related; type="${mediaType}"; boundary=${boundary}; transfer-syntax=${transferSyntaxUID}`,
  };
}
