import { onRealCorpora } from "../../corpus/real-corpora.ts";
import { describeDamagedFiles } from "./damaged-files.ts";

onRealCorpora(describeDamagedFiles);
