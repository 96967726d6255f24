/** ` Did you mean "advance"?`, or nothing where no known name is near the one that was given. */
export function didYouMean(given: string, known: readonly string[]): string {
  const ranked = known
    .map((name) => ({ name, distance: distance(given.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance);
  const [nearest] = ranked;
  if (nearest === undefined || nearest.distance > Math.max(1, nearest.name.length / 3)) return "";
  return ` Did you mean ${JSON.stringify(nearest.name)}?`;
}

/** Letters to add, to take away or to replace (Levenshtein); of names, so of the first 64 letters. */
function distance(a: string, b: string): number {
  const from = a.slice(0, 64);
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [above, letter] of from.split("").entries()) {
    const next = [above + 1];
    for (const [index, other] of b.split("").entries()) {
      const replaced = (row[index] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
