import { ownCorpus } from "../../corpus.ts";
import { describeGoldenFiles } from "./golden-files.ts";

describeGoldenFiles(ownCorpus);
