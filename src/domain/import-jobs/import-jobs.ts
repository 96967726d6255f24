import type { JobStatus } from "@aws-sdk/client-medical-imaging";
import { ServiceError } from "../../api/errors.ts";
import { formatS3Uri, parseS3Folder } from "../../api/s3-uri.ts";
import type { Caller } from "../caller.ts";
import type { Clock } from "../time/clock.ts";
import type { Datastores } from "../datastores/datastores.ts";
import type { CreateId } from "../ids.ts";
import { checkMetadataPaths, type ImportConfiguration } from "./import-configuration.ts";
import { NEXT_JOB_STATUS, type ImportJob } from "./import-job.ts";
import { cutPage, type Page, type PageRequest } from "../paging.ts";
import { importJobsInUse } from "../limits/quota-use.ts";
import type { Quotas } from "../limits/quotas.ts";
import type { State, StateChange } from "../state.ts";

export interface NewImportJob {
  readonly datastoreId: string;
  readonly jobName?: string | undefined;
  readonly dataAccessRoleArn: string;
  readonly inputS3Uri: string;
  readonly outputS3Uri: string;
  readonly inputOwnerAccountId?: string | undefined;
  readonly importConfiguration?: ImportConfiguration | undefined;
}

interface ImportJobsDependencies {
  readonly state: State;
  readonly clock: Clock;
  readonly createId: CreateId;
  readonly datastores: Datastores;
  readonly quotas: Quotas;
}

/** The import jobs: documents and their states. The importer runs them. */
export class ImportJobs {
  readonly #state: State;
  readonly #clock: Clock;
  readonly #createId: CreateId;
  readonly #datastores: Datastores;
  readonly #quotas: Quotas;

  constructor({ state, clock, createId, datastores, quotas }: ImportJobsDependencies) {
    this.#state = state;
    this.#clock = clock;
    this.#createId = createId;
    this.#datastores = datastores;
    this.#quotas = quotas;
  }

  /** @throws ServiceError ServiceQuotaExceededException, or ValidationException for a path of a metadata file */
  submit(caller: Caller, job: NewImportJob): ImportJob {
    const { importConfiguration } = job;
    checkMetadataPaths(importConfiguration);
    const datastore = this.#datastores.getActive(caller, job.datastoreId);
    const { datastoreId } = datastore;
    this.#quotas.checkQuota("concurrentImportJobs", datastore, importJobsInUse(this.#state, datastoreId));
    const jobId = this.#createId();
    const submitted: ImportJob = {
      jobId,
      datastoreId: job.datastoreId,
      jobName: job.jobName ?? null,
      jobStatus: "SUBMITTED",
      dataAccessRoleArn: job.dataAccessRoleArn,
      inputS3Uri: formatS3Uri(parseS3Folder(job.inputS3Uri)),
      outputS3Uri: `${formatS3Uri(parseS3Folder(job.outputS3Uri))}${job.datastoreId}-DicomImport-${jobId}/`,
      inputOwnerAccountId: job.inputOwnerAccountId ?? null,
      submittedAt: this.#clock.now(),
      startedAt: null,
      endedAt: null,
      message: null,
      ...(importConfiguration === undefined ? {} : { importConfiguration }),
    };
    this.#state.update(({ importJobs }) => importJobs.put(submitted));
    return submitted;
  }

  get(caller: Caller, datastoreId: string, jobId: string): ImportJob {
    this.#datastores.getExisting(caller, datastoreId);
    const job = this.#state.importJobs.get(jobId);
    if (job?.datastoreId === datastoreId) return job;
    throw new ServiceError(
      "ResourceNotFoundException",
      `DICOM import job ${jobId} does not exist in data store ${datastoreId}`,
    );
  }

  /** Assumed: order-of-import-jobs. Newest first. */
  list(
    caller: Caller,
    datastoreId: string,
    status: JobStatus | undefined,
    page: PageRequest,
  ): Page<ImportJob> {
    this.#datastores.getExisting(caller, datastoreId);
    const jobs = [...this.#state.importJobs.inDatastore(datastoreId)];
    return cutPage(
      status === undefined ? jobs : jobs.filter(({ jobStatus }) => jobStatus === status),
      ({ submittedAt, jobId }) => [-submittedAt, jobId],
      JSON.stringify(["ListDICOMImportJobs", datastoreId, status]),
      page,
    );
  }

  /** Jobs that have not ended, oldest first: those that a stop of the process interrupted. */
  unfinished(): ImportJob[] {
    return [...this.#state.importJobs.values()].filter(
      ({ jobStatus }) => NEXT_JOB_STATUS[jobStatus].length > 0,
    );
  }

  begin(jobId: string): ImportJob {
    return this.#state.update((change) =>
      this.#move(change, jobId, { jobStatus: "IN_PROGRESS", startedAt: this.#clock.now() }),
    );
  }

  fail(jobId: string, message: string): ImportJob {
    return this.#state.update((change) =>
      this.#move(change, jobId, { jobStatus: "FAILED", endedAt: this.#clock.now(), message }),
    );
  }

  /** Part of the larger change that adds the job's image sets. */
  complete(change: StateChange, jobId: string): ImportJob {
    return this.#move(change, jobId, { jobStatus: "COMPLETED", endedAt: this.#clock.now() });
  }

  /** Sets any status, also an illegal one; fields about the job's progress are reset. */
  forceTo(jobId: string, jobStatus: JobStatus, message: string | null): ImportJob {
    const now = this.#clock.now();
    const isEnded = NEXT_JOB_STATUS[jobStatus].length === 0;
    return this.#state.update(({ importJobs }) => {
      const job = importJobs.get(jobId);
      if (job === undefined) throw new Error(`import job ${jobId} no longer exists`);
      const begun = { SUBMITTED: { submittedAt: now, startedAt: null }, IN_PROGRESS: { startedAt: now } };
      const forced = {
        ...job,
        ...(jobStatus === "SUBMITTED" || jobStatus === "IN_PROGRESS" ? begun[jobStatus] : {}),
        jobStatus,
        message,
        endedAt: isEnded ? now : null,
      };
      importJobs.put(forced);
      return forced;
    });
  }

  #move(
    { importJobs }: StateChange,
    jobId: string,
    changes: Pick<ImportJob, "jobStatus"> & Partial<ImportJob>,
  ): ImportJob {
    const job = importJobs.get(jobId);
    if (job === undefined || !NEXT_JOB_STATUS[job.jobStatus].includes(changes.jobStatus)) {
      throw new Error(`import job ${jobId} cannot go from ${job?.jobStatus} to ${changes.jobStatus}`);
    }
    const moved = { ...job, ...changes };
    importJobs.put(moved);
    return moved;
  }
}
