import type { JobStatus } from "@aws-sdk/client-medical-imaging";
import type { ImportConfiguration } from "./import-configuration.ts";
import { parseS3Folder, type S3Location } from "../../api/s3-uri.ts";

/** The stored form of a DICOM import job. Times are milliseconds since 1970. */
export interface ImportJob {
  readonly jobId: string;
  readonly datastoreId: string;
  readonly jobName: string | null;
  readonly jobStatus: JobStatus;
  readonly dataAccessRoleArn: string;
  /** A folder: it ends in `/`, whether the request had the slash or not. */
  readonly inputS3Uri: string;
  /** The folder of this job, below the requested one. */
  readonly outputS3Uri: string;
  readonly inputOwnerAccountId: string | null;
  readonly submittedAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly message: string | null;
  /** Of a job with JSON metadata. */
  readonly importConfiguration?: ImportConfiguration;
}

/** The folders of a job; its document has them as S3 URIs. */
export interface JobFolders {
  readonly input: S3Location;
  readonly output: S3Location;
}

export const foldersOf = ({ inputS3Uri, outputS3Uri }: ImportJob): JobFolders => ({
  input: parseS3Folder(inputS3Uri),
  output: parseS3Folder(outputS3Uri),
});

/** Which status may follow which (facts: import-jobs#states). */
export const NEXT_JOB_STATUS: Readonly<Record<JobStatus, readonly JobStatus[]>> = {
  SUBMITTED: ["IN_PROGRESS", "FAILED"],
  IN_PROGRESS: ["COMPLETED", "FAILED"],
  COMPLETED: [],
  FAILED: [],
};
