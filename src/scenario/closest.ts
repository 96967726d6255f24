/** The name that was probably meant; undefined where none is near. */
export function closest(name: string, names: readonly string[]): string | undefined {
  const wanted = name.slice(0, MAX_LENGTH).toLowerCase();
  const rated = names.map((candidate) => ({
    candidate,
    edits: editsBetween(wanted, candidate.toLowerCase()),
  }));
  const [best] = rated.toSorted((a, b) => a.edits - b.edits);
  return best !== undefined && best.edits <= Math.max(2, wanted.length / 3) ? best.candidate : undefined;
}

const MAX_LENGTH = 64;

/** Levenshtein's distance: characters added, dropped or changed. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let index = 0; index < a.length; index++) {
    const next = [index + 1];
    for (let column = 1; column <= b.length; column++) {
      const changed = (row[column - 1] ?? 0) + (a[index] === b[column - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
