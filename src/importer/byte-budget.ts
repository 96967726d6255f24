/**
 * Bounds the bytes that are held at once. Work begins in the order in which it comes, once what it
 * holds fits beside the rest; what is larger than the whole budget goes alone.
 */
export class ByteBudget {
  readonly #maxBytes: () => number;
  readonly #waiting: { readonly byteLength: number; readonly begin: () => void }[] = [];
  #heldBytes = 0;

  /** @param maxBytes may change; what has begun goes on */
  constructor(maxBytes: number | (() => number)) {
    this.#maxBytes = typeof maxBytes === "number" ? () => maxBytes : maxBytes;
  }

  async during<T>(byteLength: number, work: () => Promise<T>): Promise<T> {
    let release = (): void => {};
    await new Promise<void>((begin) => (release = this.request(byteLength, begin)));
    try {
      return await work();
    } finally {
      release();
    }
  }

  /**
   * @param begin called once the bytes are held, at once where there is room
   * @returns gives them back; where they are waited for, waits no longer. Once is enough
   */
  request(byteLength: number, begin: () => void): () => void {
    const waiting = { byteLength, begin };
    this.#waiting.push(waiting);
    this.#beginNext();
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      const index = this.#waiting.indexOf(waiting);
      if (index < 0) this.#heldBytes -= byteLength;
      else this.#waiting.splice(index, 1);
      this.#beginNext();
    };
  }

  #beginNext(): void {
    for (
      let [next] = this.#waiting;
      next !== undefined && this.#fits(next.byteLength);
      [next] = this.#waiting
    ) {
      this.#waiting.shift();
      this.#heldBytes += next.byteLength;
      next.begin();
    }
  }

  #fits(byteLength: number): boolean {
    return this.#heldBytes === 0 || this.#heldBytes + byteLength <= this.#maxBytes();
  }
}
