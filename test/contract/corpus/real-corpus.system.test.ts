import { afterAll, beforeAll } from "vitest";
import { openServer, type ServerSandbox } from "../../clients.ts";
import { onRealCorpora } from "../../corpus/real-corpora.ts";
import { describeCorpusDicomweb } from "./corpus-dicomweb.ts";
import { describeCorpusFrames } from "./corpus-frames.ts";
import { describeCorpusImport } from "./corpus-import.ts";
import { describeCorpusInstances } from "./corpus-instances.ts";
import { scaled } from "../../setup/timeouts.ts";
import { importCorpus, type ImportedCorpus } from "./imported-corpus.ts";

const REASONS: readonly (readonly [path: string, reason: RegExp])[] = [
  ["native/rtdose-32bit-15frames.dcm", /^BitsAllocated 32 is not supported/],
  ["native/seg-1bit-3frames.dcm", /^Binary segmentation .BitsAllocated 1. is not supported by the service$/],
  ["bigendian/seg-1bit.dcm", /^Binary segmentation/],
  ["float/parametric-map-float.dcm", /^DICOM attribute FloatPixelData is not supported$/],
  ["broken/corrupt-j2k.dcm", /^JPEG 2000: /],
  ["broken/frame-count-mismatch-j2k.dcm", /expected 12 frames, got 10/],
  ["broken/frame-count-mismatch-native.dcm", /expected 98304 bytes/],
  ["broken/unsupported-ts-4.53.dcm", /1.2.840.10008.1.2.4.53 is not supported by the service$/],
  ["broken/no-sop-class-uid.dcm", /^DICOM attribute SOPClassUID does not exist$/],
  ["broken/meta-without-transfer-syntax.dcm", /^DICOM attribute TransferSyntaxUID does not exist$/],
  ["broken/text-file.dcm", /^DICOM attributes does not exist$/],
];

onRealCorpora((corpus) => {
  let sandbox: ServerSandbox;
  let imported: ImportedCorpus<ServerSandbox>;
  beforeAll(async () => {
    sandbox = await openServer({ dicomweb: true });
    imported = await importCorpus(sandbox, corpus);
  }, scaled(120_000));
  afterAll(() => sandbox[Symbol.asyncDispose]());

  describeCorpusImport(corpus, REASONS, () => imported);
  describeCorpusFrames(corpus, () => imported);
  describeCorpusInstances(corpus, () => imported);
  describeCorpusDicomweb(corpus, () => imported);
});
