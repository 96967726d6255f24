import { ownCorpus } from "../../corpus/corpus.ts";
import { onRealCorpora } from "../../corpus/real-corpora.ts";
import { describeFilesJudgedByPydicom } from "./pydicom-files.ts";

describeFilesJudgedByPydicom(ownCorpus);
onRealCorpora(describeFilesJudgedByPydicom);
