import { isDicomwebOperation } from "../../../api/model/dicomweb-operations.ts";
import { compileGlobs } from "../../../domain/glob.ts";
import type { Strings } from "../scenario.ts";

/** Whether patterns of names match an operation. DICOMweb's operations have two names. */
export function matcherOf(patterns: Strings): (operation: string) => boolean {
  const isNamed = compileGlobs(patterns);
  return (name) => isNamed(name) || (isDicomwebOperation(name) && isNamed(`dicomweb:${name}`));
}
