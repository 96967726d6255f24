import { ownCorpus } from "../../corpus/corpus.ts";
import { describeDamagedImports } from "./damaged-imports.ts";

describeDamagedImports(ownCorpus, 1_000);
