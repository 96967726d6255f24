import { buffer } from "node:stream/consumers";
import { Readable } from "node:stream";
import {
  CopyImageSetCommand,
  type CopyImageSetCommandInput,
  MedicalImagingClient,
  SearchImageSetsCommand,
} from "@aws-sdk/client-medical-imaging";
import { S3Client } from "@aws-sdk/client-s3";
import { createEmulator, type ComposeOptions, type Emulator } from "../../../src/index.ts";
import { createActiveDatastore, importFiles, NO_TIME, type Sandbox } from "../../clients.ts";
import { findImageSets, settle } from "../image-sets/image-sets.ts";

/** An emulator in process, its clients, and DICOMweb as viewers call it: by HTTP, without a signature. */
export interface DicomwebSandbox extends Sandbox {
  readonly emulator: Emulator;
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<DicomwebAnswer>;
}

export interface DicomwebAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Of the body. */
  readonly json: () => unknown;
}

/** @param create of the source, or of the bundle */
export async function openDicomweb(
  options: ComposeOptions = {},
  create = createEmulator,
): Promise<DicomwebSandbox> {
  const emulator = await create({ durations: NO_TIME, ...options });
  const { requestHandler } = emulator;
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const common = { region: "us-east-1", credentials, requestHandler };
  return {
    emulator,
    medicalImaging: new MedicalImagingClient(common),
    s3: new S3Client({ ...common, forcePathStyle: true }),
    get: (path, headers = {}) => getFrom(emulator, path, headers),
    [Symbol.asyncDispose]: () => emulator.close(),
  };
}

async function getFrom(
  emulator: Pick<Emulator, "handle">,
  target: string,
  headers: Readonly<Record<string, string>>,
): Promise<DicomwebAnswer> {
  const [path = "", query = ""] = target.split("?");
  const answer = await emulator.handle({
    method: "GET",
    path,
    query,
    headers: { host: "localhost:4464", ...headers },
    body: Readable.from([]),
  });
  const { status, body: sent = "" } = answer;
  const body = sent instanceof Readable ? await buffer(sent) : toBuffer(sent);
  return { status, headers: answer.headers, body, json: () => JSON.parse(body.toString()) as unknown };
}

const toBuffer = (body: string | Uint8Array | readonly Uint8Array[]): Buffer =>
  typeof body === "string" ? Buffer.from(body) : Buffer.concat(body instanceof Uint8Array ? [body] : body);

/** Imports files as one job into a new data store; the image sets, in the order of a search. */
export async function importAll(
  sandbox: DicomwebSandbox,
  name: string,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<{ datastoreId: string; imageSetIds: string[] }> {
  const datastoreId = await createActiveDatastore(sandbox.medicalImaging, name);
  const { job } = await importFiles(sandbox, datastoreId, name, files);
  if (job.message) throw new Error(job.message);
  return { datastoreId, imageSetIds: await findImageSets(sandbox, datastoreId) };
}

/** The primary image set of a data store with one series, which a copy becomes where an import made none. */
export async function primaryOf(sandbox: DicomwebSandbox, datastoreId: string): Promise<string> {
  const { medicalImaging } = sandbox;
  const { imageSetsMetadataSummaries: found = [] } = await medicalImaging.send(
    new SearchImageSetsCommand({ datastoreId }),
  );
  const primary = found.find(({ isPrimary }) => isPrimary === true)?.imageSetId;
  if (primary !== undefined) return primary;
  return copyOf(sandbox, datastoreId, found[0]?.imageSetId ?? "", { promoteToPrimary: true });
}

/** A copy of an image set, settled. */
export async function copyOf(
  sandbox: DicomwebSandbox,
  datastoreId: string,
  sourceImageSetId: string,
  options: Pick<CopyImageSetCommandInput, "promoteToPrimary"> = {},
): Promise<string> {
  const { versionId } = await settle(sandbox, datastoreId, sourceImageSetId);
  const { destinationImageSetProperties } = await sandbox.medicalImaging.send(
    new CopyImageSetCommand({
      datastoreId,
      sourceImageSetId,
      ...options,
      copyImageSetInformation: { sourceImageSet: { latestVersionId: versionId } },
    }),
  );
  const { imageSetId = "" } = destinationImageSetProperties ?? {};
  await settle(sandbox, datastoreId, imageSetId);
  return imageSetId;
}
