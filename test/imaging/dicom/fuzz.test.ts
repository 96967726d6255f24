import { ownCorpus } from "../../corpus/corpus.ts";
import { describeDamagedFiles } from "./damaged-files.ts";

describeDamagedFiles(ownCorpus);
