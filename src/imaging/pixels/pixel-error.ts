/**
 * A frame that cannot be stored exactly. The message says what was found and what was expected. It is written
 * to `failure.ndjson`, whose exception messages allow only `[\w -:]` and the backtick, so any other character
 * (of a file's value, for example) becomes `_`.
 */
export class PixelError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message.replace(/[^\w -:`]/g, "_"), options);
    this.name = "PixelError";
  }
}
