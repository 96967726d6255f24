import { onRealCorpora } from "../../../corpus/real-corpora.ts";
import { describeRewrittenFiles } from "../rewritten-files.ts";

onRealCorpora(describeRewrittenFiles);
