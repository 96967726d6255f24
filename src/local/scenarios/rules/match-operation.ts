import { compileGlobs } from "./glob.ts";
import type { Texts } from "../scenario.ts";

/** Whether an operation is meant by patterns of names. DICOMweb's go by both names. */
export function matcherOf(patterns: Texts): (operation: string) => boolean {
  const isNamed = compileGlobs(patterns);
  return (name) => isNamed(name) || (name === "GetDICOMInstance" && isNamed(`dicomweb:${name}`));
}
