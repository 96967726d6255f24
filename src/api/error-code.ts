/**
 * The code of an error of Node.js, such as `ENOENT`; empty for any other error. It checks the shape, not the
 * class: a test runner with contexts of its own (Jest) has another `Error` class.
 */
export const errorCode = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : "";
