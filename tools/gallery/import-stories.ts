import type { Stage } from "./stage.ts";
import type { Story } from "./story.ts";

const REPORTED = [
  "numberOfScannedFiles",
  "numberOfImportedFiles",
  "numberOfFilesWithCustomerError",
  "numberOfFilesWithServerError",
] as const;

/** A whole job, and what its report says. */
async function importAndRead(stage: Stage): Promise<void> {
  await stage.activate();
  const datastoreId = await stage.datastore();
  await readReport(stage, datastoreId, await stage.startJob(datastoreId));
  stage.say("SearchImageSets", `image sets: ${(await stage.imageSets(datastoreId)).length}`);
}

/** Waits for a job, and says what its report says. */
export async function readReport(stage: Stage, datastoreId: string, jobId: string): Promise<void> {
  await stage.control.wait(`importJob/${jobId}`, { status: "COMPLETED" });
  const folder = await stage.showJob(datastoreId, jobId);
  const { jobSummary } = JSON.parse(await stage.readObject(`${folder}job-output-manifest.json`)) as {
    jobSummary: Readonly<Record<(typeof REPORTED)[number], number>>;
  };
  for (const name of REPORTED) stage.say("job-output-manifest.json", `${name}: ${jobSummary[name]}`);
  const failures = (await stage.readObject(`${folder}FAILURE/failure.ndjson`)).trim().split("\n");
  for (const line of failures.slice(0, 2)) {
    const { inputFile, exception } = JSON.parse(line) as {
      inputFile: string;
      exception: { message: string };
    };
    stage.say("failure.ndjson", `${inputFile}: ${exception.message}`);
  }
}

export const IMPORT_STORIES: Readonly<Record<string, Story>> = {
  "import-partial": importAndRead,
  "import-all-fail": importAndRead,
  "import-stuck": async (stage) => {
    await stage.activate();
    const datastoreId = await stage.datastore();
    const jobId = await stage.startJob(datastoreId);
    await stage.control.wait(`importJob/${jobId}`, { status: "IN_PROGRESS" });
    await stage.showJob(datastoreId, jobId);
    await stage.control.clock.freeze();
    await stage.control.clock.advance("1h");
    stage.say("", "an hour later");
    await stage.showJob(datastoreId, jobId);
    await stage.control.scenarios.signal("import-stuck", "release");
    stage.say("", "after the signal release");
    await stage.control.wait(`importJob/${jobId}`, { status: "COMPLETED", autoAdvance: true });
    await stage.showJob(datastoreId, jobId);
  },
};
