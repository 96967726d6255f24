import { compileGlobs } from "../../../domain/glob.ts";
import type { Strings } from "../scenario.ts";

/** Whether an operation is meant by patterns of names. DICOMweb's go by both names. */
export function matcherOf(patterns: Strings): (operation: string) => boolean {
  const isNamed = compileGlobs(patterns);
  return (name) => isNamed(name) || (name === "GetDICOMInstance" && isNamed(`dicomweb:${name}`));
}
