import { ownCorpus } from "../../corpus/corpus.ts";
import { describeGoldenFiles } from "./golden-files.ts";

describeGoldenFiles(ownCorpus);
