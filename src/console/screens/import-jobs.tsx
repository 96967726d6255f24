import { useState } from "preact/hooks";
import { linkTo, type Params } from "../app/place.ts";
import { callApi, listAll, type ListedJob } from "../calls/medical-imaging-api.ts";
import { askControl } from "../calls/ask-control.ts";
import { readFailures } from "../calls/import-files.ts";
import { showTime } from "../calls/show-time.ts";
import { useAnswer } from "../calls/use-answer.ts";
import { DataTable } from "../parts/data-table.tsx";
import { ProblemNote } from "../parts/problem.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";

const isRunning = ({ jobStatus }: ListedJob): boolean => ["SUBMITTED", "IN_PROGRESS"].includes(jobStatus);

/** The import jobs of a data store, newest first; one of them in detail. */
export function ImportJobsScreen({ params: { datastoreId = "" } }: { readonly params: Params }) {
  const [chosen, setChosen] = useState<string>();
  const { answer, problem, reload } = useAnswer(
    () => listAll<ListedJob>(`/listDICOMImportJobs/datastore/${datastoreId}`, "jobSummaries"),
    [datastoreId],
  );
  const jobs = answer?.toSorted((one, other) => other.submittedAt - one.submittedAt);
  const job = jobs?.find(({ jobId }) => jobId === chosen);
  return (
    <>
      <p>
        <a href={linkTo("data-stores", datastoreId)}>Image sets</a> of data store <code>{datastoreId}</code>{" "}
        <button type="button" onClick={reload}>
          Refresh
        </button>
      </p>
      <ProblemNote of={problem} />
      <DataTable
        caption="Import jobs"
        rows={jobs}
        keyOf={({ jobId }) => jobId}
        empty="No import job yet."
        columns={[
          { title: "Job", cell: ({ jobId, jobName }) => jobName ?? <code>{jobId}</code> },
          { title: "Status", cell: ({ jobStatus }) => <StatusBadge of={jobStatus} /> },
          { title: "Submitted (UTC)", cell: ({ submittedAt }) => showTime(submittedAt) },
          { title: "Ended (UTC)", cell: ({ endedAt }) => showTime(endedAt) },
          {
            title: "Details",
            cell: ({ jobId }) => (
              <button type="button" aria-pressed={jobId === chosen} onClick={() => setChosen(jobId)}>
                Show
              </button>
            ),
          },
        ]}
      />
      {job !== undefined && <JobDetails key={job.jobId} job={job} datastoreId={datastoreId} />}
    </>
  );
}

const POLL_MS = 1_000;

function JobDetails({ job, datastoreId }: { readonly job: ListedJob; readonly datastoreId: string }) {
  const { jobId } = job;
  const [isOver, setOver] = useState(!isRunning(job));
  const progress = useAnswer(
    async () => {
      const { status } = await askControl("readStatus", { params: { kind: "importJob", id: jobId } });
      setOver(status === "COMPLETED" || status === "FAILED");
      return askControl("readProgress", { params: { jobId } });
    },
    [jobId],
    isOver ? undefined : POLL_MS,
  );
  const details = useAnswer(async () => {
    const path = `/getDICOMImportJob/datastore/${datastoreId}/job/${jobId}`;
    const { jobProperties } = await callApi<{ jobProperties: ListedJob }>("GET", path);
    const { jobStatus, outputS3Uri } = jobProperties;
    const hasOutput = jobStatus === "COMPLETED" && outputS3Uri !== undefined;
    return { jobProperties, failures: hasOutput ? await readFailures(outputS3Uri, "") : [] };
  }, [jobId, isOver]);
  const { jobProperties = job, failures = [] } = details.answer ?? {};
  return (
    <section aria-label="Details">
      <h2>Import job {jobProperties.jobName ?? jobId}</h2>
      <ProblemNote of={details.problem} />
      <dl class="facts panel">
        <dt>Status</dt>
        <dd>
          <StatusBadge of={jobProperties.jobStatus} />
        </dd>
        {progress.answer !== undefined && progress.answer !== null && <dt>Progress</dt>}
        {progress.answer !== undefined && progress.answer !== null && (
          <dd>
            {progress.answer.filesDone} of {progress.answer.filesFound} files
          </dd>
        )}
        <dt>Message</dt>
        <dd>{jobProperties.message ?? "-"}</dd>
        <dt>Input</dt>
        <dd>{jobProperties.inputS3Uri ?? "-"}</dd>
        <dt>Output</dt>
        <dd>{jobProperties.outputS3Uri ?? "-"}</dd>
      </dl>
      <DataTable
        caption="Files that failed"
        rows={failures}
        keyOf={({ file, message }) => `${file} ${message}`}
        empty="No file failed."
        columns={[
          { title: "File", cell: ({ file }) => file },
          { title: "Reason", cell: ({ message }) => message },
        ]}
      />
    </section>
  );
}
