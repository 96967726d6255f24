import { onRealCorpora } from "../../real-corpora.ts";
import { describeDamagedFiles } from "./damaged-files.ts";

onRealCorpora(describeDamagedFiles);
