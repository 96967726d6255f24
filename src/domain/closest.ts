/** Longer names are not compared. */
const MAX_LENGTH = 64;
/** A single letter begins too many names. */
const MIN_BEGINNING = 2;

/** The known name that was probably meant; undefined if none is similar, nor the beginning of the other. */
export function closest(name: string, names: readonly string[]): string | undefined {
  const meant = name.slice(0, MAX_LENGTH).toLowerCase();
  const tolerance = Math.max(2, Math.floor(meant.length / 3));
  const [best] = names
    .map((candidate) => ({ candidate, steps: stepsBetween(meant, candidate.toLowerCase()) }))
    .toSorted((a, b) => a.steps - b.steps);
  return best !== undefined && best.steps <= tolerance ? best.candidate : onlyBeginning(meant, names);
}

/** `operation` for `op`, `log` for `logLevel`: one name is the beginning of the other, and no other is. */
function onlyBeginning(meant: string, names: readonly string[]): string | undefined {
  if (meant.length < MIN_BEGINNING) return undefined;
  const [found, ...others] = names.filter((candidate) => {
    const known = candidate.toLowerCase();
    return known.startsWith(meant) || (known.length >= MIN_BEGINNING && meant.startsWith(known));
  });
  return others.length === 0 ? found : undefined;
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
