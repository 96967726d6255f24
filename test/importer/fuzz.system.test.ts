import { onRealCorpora } from "../real-corpora.ts";
import { describeDamagedImports } from "./damaged-imports.ts";

onRealCorpora((corpus) => describeDamagedImports(corpus, 2_000));
