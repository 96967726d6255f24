import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type NormalisedLevel,
  normalisedLevelOf,
  tagsOf,
} from "../../../../src/imaging/dicom/metadata/normalised-levels.ts";

test.each([
  ["00100020", "Patient"],
  ["00101010", "Study"],
  ["00200052", "Series"],
  ["00080018", undefined],
  ["00091001", undefined],
])("the normalised level of %s is %s", (tag, level) => {
  expect(normalisedLevelOf(tag)).toBe(level);
});

const CONTRACT = join(import.meta.dirname, "../../../../../shared/contract/normalisation.json");
const isHere = existsSync(CONTRACT);
if (!isHere)
  process.stderr.write("SKIPPED: drift of the normalised levels, no contract/normalisation.json\n");

type Modules = Record<string, readonly { readonly tag: string }[]>;

describe.skipIf(!isHere)("the normalised attributes of the contract", () => {
  const levels: Record<NormalisedLevel, Modules> = isHere
    ? JSON.parse(readFileSync(CONTRACT, "utf8")).levels
    : { Patient: {}, Study: {}, Series: {} };

  test.each(["Patient", "Study", "Series"] as const)("are the attributes of level %s", (level) => {
    const tags = Object.values(levels[level]).flatMap((elements) => elements.map(({ tag }) => tag));
    expect(tagsOf(level)).toEqual(tags.toSorted());
  });
});
