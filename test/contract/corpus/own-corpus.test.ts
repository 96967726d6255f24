import { afterAll, beforeAll } from "vitest";
import { openSandbox, type Sandbox } from "../../clients.ts";
import { ownCorpus, type GoldenFile } from "../../corpus/corpus.ts";
import { scaled } from "../../setup/timeouts.ts";
import { inRelease } from "../../setup/served-release.ts";
import { describeCorpusImport } from "./corpus-import.ts";
import { importCorpus, type ImportedCorpus } from "./imported-corpus.ts";

let sandbox: Sandbox;
let imported: ImportedCorpus;
beforeAll(async () => {
  sandbox = await openSandbox();
  imported = await importCorpus(sandbox, ownCorpus);
}, scaled(120_000));
afterAll(() => sandbox[Symbol.asyncDispose]());

const LONG_VALUES = new Set(["broken/long-patient-id.dcm", "broken/long-uid.dcm"]);

/** The newer release imports values that are too long, and says of the emulator what it does not have. */
function expectToday(file: GoldenFile): GoldenFile {
  if (LONG_VALUES.has(file.path)) return { ...file, expect: { seed: "success" } };
  const message = file.expect.message?.replace("supported by the service", "supported by the emulator yet");
  return { ...file, expect: { ...file.expect, ...(message !== undefined && { message }) } };
}

const files = inRelease("valueLimits", {
  "2024-05": ownCorpus.files,
  "2026-06": ownCorpus.files.map(expectToday),
});

const reasons = files.flatMap(({ path, expect: { message } }) =>
  message === undefined ? [] : [[path, new RegExp(message)] as const],
);

describeCorpusImport({ ...ownCorpus, files }, reasons, () => imported);
