import { OPERATIONS } from "../../local/sdk/control-operations.ts";

const ELIDED = "...";
let routes: readonly (readonly string[])[] | undefined;

/**
 * A path under `/_local` as a log may name it: the words of a route's path, and `...` for its parameters and for what no
 * route has there. `/_local/scenarios/nightly/activate` is `/_local/scenarios/.../activate`.
 */
export function describeControlPath(path: string): string {
  const shown: string[] = [];
  let candidates = (routes ??= Object.values(OPERATIONS).map((route) => route[1].split("/")));
  for (const [index, segment] of path.split("/").entries()) {
    const named = candidates.filter((route) => route[index] === segment);
    candidates = named.length > 0 ? named : candidates.filter((route) => route[index]?.startsWith("{"));
    shown.push(named.length > 0 ? segment : ELIDED);
    if (candidates.length === 0) break;
  }
  return shown.join("/");
}
