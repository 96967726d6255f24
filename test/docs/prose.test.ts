import { expect, test } from "vitest";
import { find, proseOf, read } from "./pages.ts";
import { commentsAndStrings, type Passage } from "./source-text.ts";

/**
 * Phrases that a reader has to decode, and what to write in their place. Sentences of AWS stay as AWS writes them:
 * none of those in the code has such a phrase, and the service model is not read.
 */
const PATTERNS: readonly (readonly [say: string, less: RegExp])[] = [
  ["no longer", /\bany ?more\b/],
  ["again", /\b(?:anew|once more)\b/],
  ["X is not a Y", /(?<!\bthere )\b(?:is|are|was|were) no (?!longer\b|more\b|less\b|later\b)[a-z]/i],
  ["every n-th, at most n times", /\b\w+-manieth\b|\bso often\b|\bat most so\b/i],
  ["n, a number of", /\bso many\b/],
  ["later by this time, longer by this time", /\bso (?:much|long) (?:later|longer|sooner|after)\b/],
  ["in the background", /\bbehind (?:the|its|their|your) backs?\b/],
  ["anyone who, a client that", /\bwho(?:so)?ever\b/i],
  ["to cancel", /\bcall(?:s|ed|ing)?(?: \w+){0,2} off\b/],
  ["does not accept, does not take", /\btakes? no\b/],
  ["to continue", /\b(?:go|goes|went|going) on\b/],
  ["to reset", /\bback to the start\b/],
  ["truncated, interrupted", /\bcut off\b/],
  ["without success, cannot succeed", /\bin vain\b/],
  ["anyway, too, although", /\ball the same\b/],
  ["says, shows, lists, has", /\btells\b/],
  ["to set the status of", /\bput(?:s|ting)? (?:an? )?\w+ in (?:an?|another) (?:status|state)\b/i],
  ["exists, is missing", /\b(?:is|are|was|were|must be) (?:not there\b|there already\b)|\bmust be there\b/],
  ["does not change, is ignored", /\b(?:stays?|left|leaves?|remains?) (?:\w+ )?as (?:it|they) (?:is|are)\b/],
  ["by default, if it is omitted", /\bwhere (?:it is |they are |both are )?left out\b/],
  ["appears twice, has it twice", /\bc(?:omes?|ame) twice\b/],
  ["the outcome of", /\b(?:becomes?|became) of (?:it|the|them|an?)\b/],
  ["no, none of", /\bsay(?:s|ing)? nothing of\b|\bnothing of (?:it|them|the)\b/],
  ["half of the memory", /\bhalf of what\b/],
  ["never ends, forever", /\bfor ever\b/],
  ["a cure, a switch", /\b(?:the|no|a) way (?:on|out)\b/],
  ["to correct, to repair", /\bmend(?:s|ed|ing)?\b/],
  ["cannot be undone", /\bno way back\b/],
  ["no scenario is named", /\bthere (?:is|are) no (?:image|operation|quota|rule|scenario|snapshot|state)\b/i],
  ["is at, begins at", /\blies\b/],
  [
    "hence: so, so that, in it, by it, during",
    /\b(?:whereby|wherein|there(?:of|in|by)|whilst|amongst|lest|albeit|hitherto|hen?ceforth|hence)\b/i,
  ],
  ["no goals and wishes of the project", /\bgoal \d|\bthe owner's (?:choice|wish)/i],
];

/** Pages that are not read yet. */
const LATER = /^$/;

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "CODE_OF_CONDUCT.md",
  "test/README.md",
  ...find("docs/**/*.md"),
  ...find("scenarios/*.{yaml,json}"),
  ...find("examples/**/*.{yml,yaml,md,py}"),
  ...find(".github/**/*.{yml,md}"),
  ...find("tools/**/README.md"),
  "Dockerfile",
  ...find("docker/*.cjs"),
].filter((path) => !LATER.test(path));

/** The text of a page without code; of the CHANGELOG only what is not released with 0.1.0. */
const passages: Passage[] = [
  ...pages.map((path) => ({ at: path, text: path.endsWith(".md") ? proseOf(read(path)) : read(path) })),
  { at: "CHANGELOG.md", text: proseOf(read("CHANGELOG.md").split("\n## [0.1.0]")[0] ?? "") },
  ...find("src/**/*.ts").flatMap((path) => commentsAndStrings(path, read(path))),
];

test.each(PATTERNS)("says %j where %s is less clear", (_say, less) => {
  const found = passages.flatMap(({ at, text }) => {
    const plain = text.replaceAll(/\s*\n[ \t]*(?:\*(?!\/)|\/\/|#|>)?\s*/g, " ");
    return [...plain.matchAll(new RegExp(less, `${less.flags}g`))].map(
      ({ index }) => `${at}: ${plain.slice(Math.max(0, index - 40), index + 40)}`,
    );
  });
  expect(found).toEqual([]);
});

test("sources, pages and scenarios are read", () => {
  expect(passages.length).toBeGreaterThan(5_000);
});
