import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { LocalApi } from "../../src/client/local-api.ts";
import { createPhantomSeries } from "../../src/client/phantom.ts";
import { median, show } from "./figures.ts";
import { start, stop } from "./server.ts";

/** The bundle, without the time that states are shown for. */
const SERVER = `
  import { startEmulator } from "./dist/index.js";
  const durations = { datastoreCreatingMs: 0, jobSubmittedMs: 0, jobInProgressMs: 0 };
  const { url } = await startEmulator({ data: process.argv[1], durations, quotas: { "Maximum data stores": 1000 } });
  console.log("READY " + url);
`;
const [FEW, MANY] = [10, 1_000] as const;
const ROUNDS = 9;
/** Requests right after a reset, while the old files are being deleted. */
const REQUESTS = 50;
/** For what an import leaves to do: files that are still being written, memory to be tidied. */
const CALM_MS = 500;

/** What a reset costs when little or much was stored, and what comes right after it. */
export async function benchReset(): Promise<void> {
  await benchPlace("in memory", undefined);
  const data = await mkdtemp(join(tmpdir(), "healthimaging-local-bench-"));
  await benchPlace("with --data", data);
  await rm(data, { recursive: true });
}

async function benchPlace(place: string, data: string | undefined): Promise<void> {
  const started = await start(["--input-type=module", "-e", SERVER, ...(data === undefined ? [] : [data])]);
  const api = new LocalApi({ endpoint: started.url, accessKeyId: "bench", region: "us-east-1" });
  const [{ bytes } = { bytes: new Uint8Array() }] = createPhantomSeries(1);
  await api.s3("PUT", "output");
  for (const count of [FEW, MANY]) {
    await api.s3("PUT", `of-${count}`);
    for (let index = 0; index < count; index++) {
      const body = { content: Readable.from([bytes]), byteLength: bytes.length };
      await api.s3("PUT", `of-${count}`, `${index}.dcm`, body);
    }
  }
  const resets = new Map<number, number[]>([
    [FEW, []],
    [MANY, []],
  ]);
  const requests = new Map<number, number[]>([
    [FEW, []],
    [MANY, []],
  ]);
  for (let round = 0; round < ROUNDS; round++) {
    for (const count of [FEW, MANY]) {
      await fill(api, count);
      await delay(CALM_MS);
      resets.get(count)?.push(await time(() => api.json("POST", "/_local/reset", {})));
      for (let request = 0; request < REQUESTS; request++)
        requests.get(count)?.push(await time(() => api.json("POST", "/datastore", newDatastore())));
      await api.json("POST", "/_local/reset", {});
    }
  }
  report(`reset, ${place}: 10 image sets, 1,000`, resets);
  report("  CreateDatastore right after it", requests);
  api.close();
  await stop(started);
}

const newDatastore = () => ({ clientToken: crypto.randomUUID() });

/** A SOP instance that comes again is in an image set of its own: so many as there are files. */
async function fill(api: LocalApi, count: number): Promise<void> {
  const { datastoreId } = await api.json("POST", "/datastore", newDatastore());
  await delay(50);
  const { jobId } = await api.json("POST", `/startDICOMImportJob/datastore/${String(datastoreId)}`, {
    clientToken: crypto.randomUUID(),
    dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
    inputS3Uri: `s3://of-${count}/`,
    outputS3Uri: "s3://output/",
  });
  for (;;) {
    await delay(50);
    const path = `/getDICOMImportJob/datastore/${String(datastoreId)}/job/${String(jobId)}`;
    const { jobProperties } = await api.json("GET", path);
    const { jobStatus } = jobProperties as { jobStatus: string };
    if (jobStatus === "FAILED") throw new Error("the job failed");
    if (jobStatus === "COMPLETED") return;
  }
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

function report(name: string, times: ReadonlyMap<number, readonly number[]>): void {
  const [few, many] = [median(times.get(FEW) ?? []), median(times.get(MANY) ?? [])];
  show(name, `${few.toFixed(2)}, ${many.toFixed(2)} ms, ratio ${(many / few).toFixed(2)}`);
}
