/** Longer names are not compared. */
const MAX_LENGTH = 64;

/** The known name that was probably meant; undefined if none is similar. */
export function closest(name: string, names: readonly string[]): string | undefined {
  const meant = name.slice(0, MAX_LENGTH).toLowerCase();
  const tolerance = Math.max(2, Math.floor(meant.length / 3));
  const [best] = names
    .map((candidate) => ({ candidate, steps: stepsBetween(meant, candidate.toLowerCase()) }))
    .toSorted((a, b) => a.steps - b.steps);
  return best !== undefined && best.steps <= tolerance ? best.candidate : undefined;
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
