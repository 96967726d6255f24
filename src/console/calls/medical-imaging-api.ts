import { callerHeaders } from "./console-caller.ts";
import { carry } from "./carry.ts";

/** Seconds since 1970, as the API has times in JSON. */
export type EpochSeconds = number;

/** Of ListDatastores. */
export interface ListedDatastore {
  readonly datastoreId: string;
  readonly datastoreName: string | null;
  readonly datastoreStatus: string;
  readonly datastoreArn: string;
  readonly createdAt: EpochSeconds;
}

/** Of ListDICOMImportJobs and GetDICOMImportJob. */
export interface ListedJob {
  readonly jobId: string;
  readonly jobName: string | null;
  readonly jobStatus: string;
  readonly datastoreId: string;
  readonly submittedAt: EpochSeconds;
  readonly endedAt: EpochSeconds | null;
  readonly message: string | null;
  readonly inputS3Uri?: string;
  readonly outputS3Uri?: string;
}

export type ListedTags = Readonly<Record<string, string | number | null>>;

/** Of SearchImageSets. */
export interface FoundImageSet {
  readonly imageSetId: string;
  readonly version: number;
  readonly createdAt: EpochSeconds;
  readonly updatedAt: EpochSeconds;
  readonly isPrimary?: boolean;
  readonly DICOMTags: ListedTags;
}

/** Of GetImageSet, and of ListImageSetVersions. */
export interface ShownImageSet {
  readonly imageSetId: string;
  readonly imageSetArn?: string;
  readonly imageSetState: string;
  readonly imageSetWorkflowStatus?: string;
  readonly ImageSetWorkflowStatus?: string;
  readonly versionId: string;
  readonly createdAt: EpochSeconds;
  readonly updatedAt: EpochSeconds | null;
  readonly message: string | null;
  readonly isPrimary?: boolean;
}

/** Sends JSON to the AWS API. @throws CallError */
export async function callApi<Answer>(
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: object,
): Promise<Answer> {
  const headers = callerHeaders("medical-imaging");
  const response = await carry(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const text = await response.text();
  return (text === "" ? {} : JSON.parse(text)) as Answer;
}

/** All pages of a list, at most `most` entries. */
export async function listAll<Entry>(path: string, member: string, most = 1_000): Promise<Entry[]> {
  const entries: Entry[] = [];
  let nextToken: string | null | undefined;
  do {
    const query = nextToken ? `?nextToken=${encodeURIComponent(nextToken)}` : "";
    const page = await callApi<Record<string, Entry[]> & { nextToken?: string | null }>("GET", path + query);
    entries.push(...(page[member] ?? []));
    ({ nextToken } = page);
  } while (nextToken && entries.length < most);
  return entries;
}
