/**
 * The code of an error of Node.js, `ENOENT` and its like; empty for any other. It goes by the shape: where a test
 * runner has contexts of its own (Jest), Node's errors are no instances of the context's Error.
 */
export const errorCode = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : "";
