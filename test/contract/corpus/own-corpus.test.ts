import { afterAll, beforeAll } from "vitest";
import { openSandbox, type Sandbox } from "../../clients.ts";
import { ownCorpus } from "../../corpus/corpus.ts";
import { scaled } from "../../setup/timeouts.ts";
import { describeCorpusImport } from "./corpus-import.ts";
import { importCorpus, type ImportedCorpus } from "./imported-corpus.ts";

let sandbox: Sandbox;
let imported: ImportedCorpus;
beforeAll(async () => {
  sandbox = await openSandbox();
  imported = await importCorpus(sandbox, ownCorpus);
}, scaled(120_000));
afterAll(() => sandbox[Symbol.asyncDispose]());

const reasons = ownCorpus.files.flatMap(({ path, expect: { message } }) =>
  message === undefined ? [] : [[path, new RegExp(message)] as const],
);

describeCorpusImport(ownCorpus, reasons, () => imported);
