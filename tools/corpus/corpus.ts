import { brokenFiles } from "./files/broken.ts";
import { characterSetFiles } from "./files/character-sets.ts";
import type { CorpusFile } from "./corpus-file.ts";
import { dataSetFiles } from "./files/data-sets.ts";
import { jpegFiles } from "./files/jpeg.ts";
import { jpeg2000Files } from "./files/jpeg-2000.ts";
import { pixellessFiles } from "./files/pixelless.ts";
import { uncompressedFiles } from "./files/uncompressed.ts";

/** Every file of the corpus, by path. */
export const corpusFiles = (): CorpusFile[] =>
  [
    ...uncompressedFiles(),
    ...jpegFiles(),
    ...jpeg2000Files(),
    ...characterSetFiles(),
    ...dataSetFiles(),
    ...pixellessFiles(),
    ...brokenFiles(),
  ].toSorted((left, right) => (left.path < right.path ? -1 : 1));
