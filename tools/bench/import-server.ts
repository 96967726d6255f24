import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { LocalApi } from "../../src/client/local-api.ts";
import { start, stop, type Started } from "./server.ts";

/** The bundle, without the time that states are shown for. */
const SERVER = `
  import { startEmulator } from "./dist/index.js";
  const durations = { datastoreCreatingMs: 0, jobSubmittedMs: 0, jobInProgressMs: 0 };
  const { url } = await startEmulator({ data: process.argv[1], durations });
  console.log("READY " + url);
`;

interface JobTimes {
  readonly jobStatus: string;
  readonly outputS3Uri: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
}

/** An emulator of its own process, to import into. */
export class ImportServer {
  readonly started: Started;
  readonly api: LocalApi;
  readonly datastoreId: string;
  readonly #folder: string;

  private constructor(started: Started, api: LocalApi, datastoreId: string, folder: string) {
    this.started = started;
    this.api = api;
    this.datastoreId = datastoreId;
    this.#folder = folder;
  }

  static async open(): Promise<ImportServer> {
    const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-bench-"));
    const started = await start(["--input-type=module", "-e", SERVER, folder]);
    const api = new LocalApi({ endpoint: started.url, accessKeyId: "bench", region: "us-east-1" });
    const { datastoreId } = await api.json("POST", "/datastore", { clientToken: "bench" });
    await delay(50);
    return new ImportServer(started, api, String(datastoreId), folder);
  }

  async close(): Promise<void> {
    this.api.close();
    await stop(this.started);
    await rm(this.#folder, { recursive: true });
  }

  /** Puts files into a folder of the bucket, by copying. */
  async fill(name: string, count: number, file: (index: number) => Uint8Array): Promise<void> {
    const folder = join(this.#folder, "s3/bench", name);
    await mkdir(folder, { recursive: true });
    for (let index = 0; index < count; index++) await writeFile(join(folder, `${index}.dcm`), file(index));
  }

  async startJob(name: string): Promise<string> {
    const { jobId } = await this.api.json("POST", `/startDICOMImportJob/datastore/${this.datastoreId}`, {
      clientToken: crypto.randomUUID(),
      dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
      inputS3Uri: `s3://bench/${name}/`,
      outputS3Uri: "s3://bench/output/",
    });
    return String(jobId);
  }

  /** From IN_PROGRESS to COMPLETED, as the emulator's own clock saw it. */
  async endOf(jobId: string): Promise<number> {
    const path = `/getDICOMImportJob/datastore/${this.datastoreId}/job/${jobId}`;
    for (;;) {
      const { jobProperties } = await this.api.json("GET", path);
      const { jobStatus } = jobProperties as JobTimes;
      if (jobStatus === "COMPLETED") {
        await this.#requireNoFailure((jobProperties as JobTimes).outputS3Uri);
        break;
      }
      if (jobStatus === "FAILED") throw new Error("the job failed");
      await delay(50);
    }
    const file = join(this.#folder, "datastores", this.datastoreId, "import-jobs", `${jobId}.json`);
    for (;;) {
      const { startedAt, endedAt } = JSON.parse(await readFile(file, "utf8")) as JobTimes;
      if (endedAt !== null) return endedAt - startedAt;
      await delay(10); // The state shows it before the disk does.
    }
  }

  async #requireNoFailure(outputS3Uri: string): Promise<void> {
    const path = join(this.#folder, "s3", outputS3Uri.slice("s3://".length), "FAILURE/failure.ndjson");
    const [failure = ""] = (await readFile(path, "utf8")).split("\n");
    if (failure !== "") throw new Error(`a file was not imported: ${failure}`);
  }

  async importAll(name: string): Promise<number> {
    return this.endOf(await this.startJob(name));
  }

  /** @returns the path of GetImageSet of an image set that there is */
  async imageSetPath(): Promise<string> {
    const { imageSetsMetadataSummaries } = await this.api.json(
      "POST",
      `/datastore/${this.datastoreId}/searchImageSets`,
      {},
    );
    const [{ imageSetId }] = imageSetsMetadataSummaries as [{ imageSetId: string }];
    return `/datastore/${this.datastoreId}/imageSet/${imageSetId}/getImageSet`;
  }
}
