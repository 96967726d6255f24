import { useEffect, useState } from "preact/hooks";

/** The part of the address after `#/`, as decoded segments. */
const segmentsOfHash = (hash: string): string[] =>
  hash
    .replace(/^#\/?/, "")
    .split("/")
    .filter((part) => part !== "")
    .map(decodeURIComponent);

/** The address of a screen. */
export const linkTo = (...segments: readonly string[]): string =>
  `#/${segments.map(encodeURIComponent).join("/")}`;

export function usePlace(): string[] {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = (): void => setHash(location.hash);
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return segmentsOfHash(hash);
}

export type Params = Readonly<Record<string, string>>;

/** The parameters of a path such as `data-stores/:datastoreId`; undefined where the segments do not fit. */
export function matchPath(path: string, segments: readonly string[]): Params | undefined {
  const parts = path.split("/");
  if (parts.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const segment = segments[index] ?? "";
    if (part.startsWith(":")) params[part.slice(1)] = segment;
    else if (part !== segment) return undefined;
  }
  return params;
}
