/**
 * Compiles patterns: `*` matches any string without a slash, `**` any string, `?` one character. Several
 * patterns are alternatives. A match takes at most time proportional to the length of the string times that
 * of the pattern.
 */
export function compileGlobs(patterns: string | readonly string[]): (text: string | undefined) => boolean {
  const [first, ...others] = (typeof patterns === "string" ? [patterns] : patterns).map(compile);
  if (first === undefined) return () => false;
  if (others.length === 0) return (text) => text !== undefined && first(text);
  return (text) => text !== undefined && (first(text) || others.some((isMeant) => isMeant(text)));
}

function compile(pattern: string): (text: string) => boolean {
  const length = pattern.search(/[*?]/);
  if (length < 0) return (text) => text === pattern;
  const beginning = pattern.slice(0, length);
  const steps = toSteps(pattern.slice(length));
  return (text) => text.startsWith(beginning) && leadsThrough(steps, text.slice(length));
}

/**
 * A pattern of IAM's policies: `*` matches any string, `?` one character; slashes are ordinary characters.
 */
export function compileIamPattern(pattern: string): (text: string) => boolean {
  const steps = Array.from(pattern, (character) => IAM_WILDCARDS.get(character) ?? character);
  return (text) => leadsThrough(steps, text);
}

/** Matches any one character. */
const ANY_CHARACTER = "??";
const IAM_WILDCARDS: ReadonlyMap<string, string> = new Map([
  ["*", "**"],
  ["?", ANY_CHARACTER],
]);

/** `**` and a slash may also match nothing, for a file in the folder itself: a step that skips both. */
const FOLDERS = "**/";

/** Characters, `?`, `*`, `**`, and a skip of the next two for `**` and a slash. */
const toSteps = (pattern: string): string[] =>
  (pattern.match(/\*\*\/|\*+|[^*]/gsu) ?? []).flatMap((step) => {
    if (step === FOLDERS) return [FOLDERS, "**", "/"];
    return step.startsWith("**") ? "**" : step;
  });

/**
 * Advances all paths through the steps at once, character by character: an entry of `places` is 1 if a path
 * is there.
 */
function leadsThrough(steps: readonly string[], text: string): boolean {
  let places = new Uint8Array(steps.length + 1);
  enter(steps, 0, places);
  for (const character of text) {
    const next = new Uint8Array(steps.length + 1);
    for (const [at, step] of steps.entries()) if (places[at] === 1) take(step, at, character, steps, next);
    places = next;
  }
  return places[steps.length] === 1;
}

function take(step: string, at: number, character: string, steps: readonly string[], next: Uint8Array): void {
  switch (step) {
    case FOLDERS:
      return;
    case "**":
      return enter(steps, at, next);
    case "*":
      return character === "/" ? undefined : enter(steps, at, next);
    case "?":
      return character === "/" ? undefined : enter(steps, at + 1, next);
    case ANY_CHARACTER:
      return enter(steps, at + 1, next);
    default:
      return character === step ? enter(steps, at + 1, next) : undefined;
  }
}

/** Marks a place, and those that are reachable from it without a character. */
function enter(steps: readonly string[], at: number, places: Uint8Array): void {
  if (places[at] === 1) return;
  places[at] = 1;
  const step = steps[at];
  if (step === FOLDERS) enter(steps, at + 3, places);
  if (step === FOLDERS || step === "*" || step === "**") enter(steps, at + 1, places);
}
