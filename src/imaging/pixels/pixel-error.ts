/**
 * A frame that cannot be stored exactly. The message says what was found and what was wanted.
 * It ends in `failure.ndjson`, whose exception messages keep to `[\w -:]` and the backtick, so
 * any other character (of a value from a file, say) becomes `_`.
 */
export class PixelError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message.replace(/[^\w -:`]/g, "_"), options);
    this.name = "PixelError";
  }
}
