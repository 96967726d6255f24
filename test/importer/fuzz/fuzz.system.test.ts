import { onRealCorpora } from "../../corpus/real-corpora.ts";
import { describeDamagedImports } from "./damaged-imports.ts";

onRealCorpora((corpus) => describeDamagedImports(corpus, 2_000));
