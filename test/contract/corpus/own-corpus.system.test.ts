import { afterAll, beforeAll } from "vitest";
import { openServer, type ServerSandbox } from "../../clients.ts";
import { ownCorpus } from "../../corpus/corpus.ts";
import { scaled } from "../../setup/timeouts.ts";
import { describeCorpusDicomweb } from "./corpus-dicomweb.ts";
import { describeCorpusFrames } from "./corpus-frames.ts";
import { describeCorpusInstances } from "./corpus-instances.ts";
import { importCorpus, type ImportedCorpus } from "./imported-corpus.ts";

let sandbox: ServerSandbox;
let imported: ImportedCorpus<ServerSandbox>;
beforeAll(async () => {
  sandbox = await openServer({ dicomweb: true });
  imported = await importCorpus(sandbox, ownCorpus);
}, scaled(120_000));
afterAll(() => sandbox[Symbol.asyncDispose]());

describeCorpusFrames(ownCorpus, () => imported);
describeCorpusInstances(ownCorpus, () => imported);
describeCorpusDicomweb(ownCorpus, () => imported);
