import { gunzipSync } from "node:zlib";
import { GetImageFrameCommand, GetImageSetMetadataCommand } from "@aws-sdk/client-medical-imaging";
import { expect } from "vitest";
import type {
  InstanceDocument,
  MetadataDocument,
} from "../../../src/domain/image-sets/metadata/metadata-document.ts";
import { createActiveDatastore, importFiles, readLines, type Sandbox } from "../../clients.ts";
import { type Corpus, type GoldenFile, readFrom } from "../../corpus/corpus.ts";

/** What one import made of every file of a corpus. */
export interface ImportedCorpus<S extends Sandbox = Sandbox> {
  readonly sandbox: S;
  readonly datastoreId: string;
  /** By path, of the files in the list of successes. */
  readonly imageSetIds: ReadonlyMap<string, string>;
  /** By path, the message of each file in the list of failures. */
  readonly failures: ReadonlyMap<string, string>;
}

export async function importCorpus<S extends Sandbox>(
  sandbox: S,
  corpus: Corpus,
): Promise<ImportedCorpus<S>> {
  const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
  const bodies = corpus.files.map((file) => [file.path, readFrom(corpus, file)] as const);
  const { job } = await importFiles(sandbox, datastoreId, "corpus", Object.fromEntries(bodies));
  expect(job.jobStatus).toBe("COMPLETED");
  const successes = await readLines(sandbox.s3, `${job.outputS3Uri}SUCCESS/success.ndjson`);
  const failures = await readLines(sandbox.s3, `${job.outputS3Uri}FAILURE/failure.ndjson`);
  return {
    sandbox,
    datastoreId,
    imageSetIds: new Map((successes as Success[]).map(imageSetOf)),
    failures: new Map((failures as Failure[]).map(messageOf)),
  };
}

interface Success {
  readonly inputFile: string;
  readonly importResponse: { readonly imageSetId: string };
}
interface Failure {
  readonly inputFile: string;
  readonly exception: { readonly exceptionType: string; readonly message: string };
}

const pathOf = ({ inputFile }: { readonly inputFile: string }): string => inputFile.replace("input/", "");

const imageSetOf = (line: Success): [path: string, imageSetId: string] => [
  pathOf(line),
  line.importResponse.imageSetId,
];

function messageOf(line: Failure): [path: string, message: string] {
  expect(line.exception).toEqual({
    exceptionType: "ValidationException",
    message: expect.stringMatching(/^[\w -:`]{1,2048}$/),
  });
  return [pathOf(line), line.exception.message];
}

export async function readMetadataOf(
  { medicalImaging }: Sandbox,
  datastoreId: string,
  imageSetId: string,
): Promise<MetadataDocument> {
  const command = new GetImageSetMetadataCommand({ datastoreId, imageSetId });
  const { imageSetMetadataBlob, contentType, contentEncoding } = await medicalImaging.send(command);
  expect([contentType, contentEncoding]).toEqual(["application/json", "gzip"]);
  return JSON.parse(
    gunzipSync((await imageSetMetadataBlob?.transformToByteArray()) ?? "").toString(),
  ) as MetadataDocument;
}

export async function readFrameOf(
  { sandbox, datastoreId }: ImportedCorpus,
  imageSetId: string,
  imageFrameId: string,
): Promise<Uint8Array> {
  const command = new GetImageFrameCommand({
    datastoreId,
    imageSetId,
    imageFrameInformation: { imageFrameId },
  });
  const { imageFrameBlob, contentType } = await sandbox.medicalImaging.send(command);
  expect(contentType).toBe("application/octet-stream");
  return (await imageFrameBlob?.transformToByteArray()) ?? new Uint8Array();
}

export const instancesOf = ({ Study }: MetadataDocument): [string, InstanceDocument][] =>
  Object.values(Study.Series).flatMap(({ Instances }) => Object.entries(Instances));

/** Those that are imported and have pixels. */
export const imagedFilesOf = (files: readonly GoldenFile[]): GoldenFile[] =>
  files.filter((file) => file.expect.seed === "success" && file.frames.length > 0);

/** What the metadata of its image set says of a file. */
export async function instanceOf(
  imported: ImportedCorpus,
  { path, sopInstanceUID }: GoldenFile,
): Promise<{ imageSetId: string; instance: InstanceDocument | undefined }> {
  const imageSetId = imported.imageSetIds.get(path) ?? "";
  const metadata = await readMetadataOf(imported.sandbox, imported.datastoreId, imageSetId);
  return { imageSetId, instance: instancesOf(metadata).find(([uid]) => uid === sopInstanceUID)?.[1] };
}
