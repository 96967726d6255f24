/** Longer names are not compared. */
const MAX_LENGTH = 64;
/** A single letter begins too many names. */
const MIN_BEGINNING = 2;

/** The known name that was probably meant; undefined if none is similar, nor the beginning of the other. */
export function closest(name: string, names: readonly string[]): string | undefined {
  const meant = name.slice(0, MAX_LENGTH).toLowerCase();
  const [best] = similar(meant, names);
  if (best !== undefined) return best;
  const [found, ...others] = sharingBeginning(meant, names);
  return others.length === 0 ? found : undefined;
}

/** The known names that may have been meant: similar ones, then those that one is the beginning of. */
export function nearest(name: string, names: readonly string[], most: number): string[] {
  const meant = name.slice(0, MAX_LENGTH).toLowerCase();
  return [...new Set([...similar(meant, names), ...sharingBeginning(meant, names)])].slice(0, most);
}

/** The most similar one comes first. */
function similar(meant: string, names: readonly string[]): string[] {
  const tolerance = Math.max(2, Math.floor(meant.length / 3));
  return names
    .map((candidate) => ({ candidate, steps: stepsBetween(meant, candidate.toLowerCase()) }))
    .filter(({ steps }) => steps <= tolerance)
    .toSorted((a, b) => a.steps - b.steps)
    .map(({ candidate }) => candidate);
}

/** `operation` for `op`, `log` for `logLevel`: one name is the beginning of the other. */
function sharingBeginning(meant: string, names: readonly string[]): string[] {
  if (meant.length < MIN_BEGINNING) return [];
  return names.filter((candidate) => {
    const known = candidate.toLowerCase();
    return known.startsWith(meant) || (known.length >= MIN_BEGINNING && meant.startsWith(known));
  });
}

/** How many characters must be inserted, removed or replaced to turn one string into the other. */
function stepsBetween(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
