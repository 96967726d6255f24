type Close = () => Promise<void> | void;

/** How to close what has been opened, the last first: of an emulator that ends, or whose start failed. */
export class OpenedParts {
  readonly #closes: Close[] = [];

  add(close: Close): void {
    this.#closes.push(close);
  }

  /** Every part, though one fails. @throws what the first failed with */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.#closes.splice(0).toReversed()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
