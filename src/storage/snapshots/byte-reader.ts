/** Bytes that arrive in pieces, taken in pieces of another size. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** @throws where there are not so many */
  async take(byteLength: number): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.pass(byteLength)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** So many, as they arrive. @throws where there are not so many */
  async *pass(byteLength: number): AsyncGenerator<Uint8Array> {
    for (let left = byteLength; left > 0;) {
      const piece = await this.#next();
      if (piece === undefined) throw new Error("the file ends too early");
      const taken = piece.subarray(0, left);
      this.#rest = piece.subarray(taken.length);
      left -= taken.length;
      yield taken;
    }
  }

  /** All that is left. */
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
