import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const dockerfile = readFileSync(resolve(import.meta.dirname, "../../Dockerfile"), "utf8");

/** What the image tells glibc's `malloc`, so that memory can be measured of a process that is not its own. */
export const MALLOC_SETTINGS: Readonly<Record<string, string>> = Object.fromEntries(
  [...dockerfile.matchAll(/\b(MALLOC_\w+)=(\w+)/g)].map(([, name = "", value = ""]) => [name, value]),
);
