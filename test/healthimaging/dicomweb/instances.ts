import { request, type IncomingHttpHeaders } from "node:http";
import { buffer } from "node:stream/consumers";
import { createActiveDatastore, importFiles, readLines, type ServerSandbox } from "../../clients.ts";

export const ELE = "1.2.840.10008.1.2.1";
export const HTJ2K = "1.2.840.10008.1.2.4.202";
export const accepting = (uid: string) => ({ accept: `application/dicom; transfer-syntax=${uid}` });

export interface Instance {
  readonly datastoreId: string;
  readonly study: string;
  readonly series: string;
  readonly sop: string;
  readonly imageSetId: string;
}

export const pathOf = ({ datastoreId, study, series, sop }: Instance): string =>
  `/datastore/${datastoreId}/studies/${study}/series/${series}/instances/${sop}`;

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export type Headers = Readonly<Record<string, string>>;

/** Not fetch: that sets Host itself. Rejects where the connection ends before the body does. */
export function get(
  { emulator }: Pick<ServerSandbox, "emulator">,
  path: string,
  { method = "GET", headers = {} }: { method?: string; headers?: Headers } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(emulator.url + path, { method, headers }, (response) => {
      buffer(response).then(
        (body) => resolve({ status: response.statusCode, headers: response.headers, body }),
        reject,
      );
    });
    asked.on("error", reject).end();
  });
}

/** Imports files into a new data store; by name, where each of them went. */
export async function importInto(
  into: ServerSandbox,
  bucket: string,
  files: Record<string, Uint8Array>,
): Promise<{ datastoreId: string; imageSetIds: Map<string, string> }> {
  const datastoreId = await createActiveDatastore(into.medicalImaging);
  const { job } = await importFiles(into, datastoreId, bucket, files);
  const successes = (await readLines(into.s3, `${job.outputS3Uri}SUCCESS/success.ndjson`)) as {
    inputFile: string;
    importResponse: { imageSetId: string };
  }[];
  return {
    datastoreId,
    imageSetIds: new Map(
      successes.map(({ inputFile, importResponse }) => [inputFile.slice(6), importResponse.imageSetId]),
    ),
  };
}
