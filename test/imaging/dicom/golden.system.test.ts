import { onRealCorpora } from "../../real-corpora.ts";
import { describeGoldenFiles } from "./golden-files.ts";

onRealCorpora(describeGoldenFiles);
