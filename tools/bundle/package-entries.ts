import { posixPath } from "../posix-path.ts";

/** Entries that users' tests import beside the package's main entry: they share one module of it. */
export const sharesMainEntry = (file: string): boolean =>
  /src\/(vitest|client\/testcontainers)\.ts$/.test(posixPath(file));
