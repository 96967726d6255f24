import { test } from "vitest";
import { type Corpus, openRealCorpora } from "./corpus.ts";

/** Has tests made for real files; where there are none, one that is skipped. */
export function onRealCorpora(describeCorpus: (corpus: Corpus) => void): void {
  const corpora = openRealCorpora();
  for (const corpus of corpora) describeCorpus(corpus);
  if (corpora.length === 0) test.skip("real DICOM files are read as golden.json has them", () => {});
}
