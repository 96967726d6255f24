import { brokenFiles } from "./broken.ts";
import { characterSetFiles } from "./character-sets.ts";
import type { CorpusFile } from "./corpus-file.ts";
import { dataSetFiles } from "./data-sets.ts";
import { jpegFiles } from "./jpeg.ts";
import { jpeg2000Files } from "./jpeg-2000.ts";
import { pixellessFiles } from "./pixelless.ts";
import { uncompressedFiles } from "./uncompressed.ts";

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
