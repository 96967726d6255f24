import { onRealCorpora } from "../../../real-corpora.ts";
import { describeRewrittenFiles } from "../rewritten-files.ts";

onRealCorpora(describeRewrittenFiles);
