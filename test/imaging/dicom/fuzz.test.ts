import { ownCorpus } from "../../corpus.ts";
import { describeDamagedFiles } from "./damaged-files.ts";

describeDamagedFiles(ownCorpus);
