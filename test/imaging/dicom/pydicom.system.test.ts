import { ownCorpus } from "../../corpus.ts";
import { onRealCorpora } from "../../real-corpora.ts";
import { describeFilesJudgedByPydicom } from "./pydicom-files.ts";

describeFilesJudgedByPydicom(ownCorpus);
onRealCorpora(describeFilesJudgedByPydicom);
