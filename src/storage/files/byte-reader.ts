const LINE_FEED = 0x0a;

/** The error for bytes that end before `byteLength` more arrived; `missing` of them are missing. */
type EndedEarly = (missing: number, byteLength: number) => Error;

/** Bytes that arrive in pieces, read in pieces of another size, or in lines. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #endedEarly: EndedEarly;
  #rest: Uint8Array = new Uint8Array();

  constructor(chunks: AsyncIterable<Uint8Array>, endedEarly: EndedEarly) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#endedEarly = endedEarly;
  }

  /** @throws the error of `endedEarly` if there are fewer bytes */
  async take(byteLength: number): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.pass(byteLength)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** Passes that many bytes on as they arrive. @throws the error of `endedEarly` if there are fewer */
  async *pass(byteLength: number): AsyncGenerator<Uint8Array> {
    for (let left = byteLength; left > 0;) {
      const piece = await this.#next();
      if (piece === undefined) throw this.#endedEarly(left, byteLength);
      const taken = piece.subarray(0, left);
      this.#rest = piece.subarray(taken.length);
      left -= taken.length;
      yield taken;
    }
  }

  /**
   * Up to and including the next line feed, or to the end. A line of more than `maxByteLength` bytes may be
   * returned without its end. Undefined at the end of the bytes.
   */
  async line(maxByteLength: number): Promise<Buffer | undefined> {
    const pieces: Uint8Array[] = [];
    for (let byteLength = 0; byteLength <= maxByteLength;) {
      const piece = await this.#next();
      if (piece === undefined) break;
      const end = piece.indexOf(LINE_FEED) + 1;
      const taken = end === 0 ? piece : piece.subarray(0, end);
      this.#rest = piece.subarray(taken.length);
      pieces.push(taken);
      if (end > 0) break;
      byteLength += taken.length;
    }
    return pieces.length === 0 ? undefined : Buffer.concat(pieces);
  }

  /** All remaining bytes. */
  async *rest(): AsyncGenerator<Uint8Array> {
    for (let piece = await this.#next(); piece !== undefined; piece = await this.#next()) {
      this.#rest = new Uint8Array();
      yield piece;
    }
  }

  async #next(): Promise<Uint8Array | undefined> {
    while (this.#rest.length === 0) {
      const { value, done } = await this.#chunks.next();
      if (done === true) return undefined;
      this.#rest = value;
    }
    return this.#rest;
  }
}
