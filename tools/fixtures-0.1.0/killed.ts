import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { CreateDatastoreCommand, MedicalImagingClient } from "@aws-sdk/client-medical-imaging";
import { S3Client } from "@aws-sdk/client-s3";
import { clientConfig } from "../../src/local/sdk/client-config.ts";
import { ControlClient } from "../../src/index.ts";
import { fillBucket, startJob, type Task } from "./program.ts";
import { createSmallSeries } from "./small-series.ts";

const FILES = 60;
/** Of those that were imported when the process is killed. */
const DONE = 12;

/** A folder whose process was killed in the middle of an import: frames that nothing refers to yet. */
export async function writeKilled({ program, data }: Task) {
  const args = [program.cli, "serve", "--port", "0", "--throttling", "off", "--data", data];
  const server = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const gone = once(server, "exit");
  const url = await readUrl(server.stdout);
  const control = new ControlClient(url);
  const clients = {
    medicalImaging: new MedicalImagingClient(clientConfig(url)),
    s3: new S3Client(clientConfig(url)),
  };
  const { datastoreId = "" } = await clients.medicalImaging.send(
    new CreateDatastoreCommand({ datastoreName: "killed" }),
  );
  await control.wait(`datastore/${datastoreId}`, { status: "ACTIVE" });
  const files = createSmallSeries(FILES).map(({ name, bytes }) => [`input/${name}`, bytes] as const);
  await fillBucket(clients, "killed", Object.fromEntries(files));
  const jobId = await startJob(clients, datastoreId, "killed");
  for (let done = 0; done < DONE;) done = (await control.importJob(jobId))?.filesDone ?? 0;
  server.kill("SIGKILL");
  await gone;
  const ends = { [`importJob/${jobId}`]: "COMPLETED" };
  return { now: new Date().toISOString(), datastoreId, ends, imageSetCount: 1, instanceCount: FILES };
}

async function readUrl(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const url = /^READY (http:\/\/\S+)$/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error("the program ended before it was ready");
}
