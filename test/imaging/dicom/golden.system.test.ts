import { onRealCorpora } from "../../corpus/real-corpora.ts";
import { describeGoldenFiles } from "./golden-files.ts";

onRealCorpora(describeGoldenFiles);
