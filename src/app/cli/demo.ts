import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readMetadata } from "../../local/sdk/import/describe-image-set.ts";
import { importFolder } from "../../local/sdk/import/import-folder.ts";
import { LocalApi } from "../../local/sdk/local-api.ts";
import { createSampleSeries } from "../../local/sdk/import/sample-series.ts";
import { startEmulator } from "../emulator.ts";
import { consoleLog } from "./console-log.ts";
import { createProgressBar } from "./progress-bar.ts";

const SLICES = 8;

/** Runs a complete example: starts an emulator, imports a generated series, reads it back. */
export async function demo(): Promise<number> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));
  const emulator = await startEmulator({ log: consoleLog });
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-demo-"));
  const api = new LocalApi({ endpoint: emulator.url, accessKeyId: "demo", region: "us-east-1" });
  try {
    say(`emulator at ${emulator.url}`);
    for (const { name, bytes } of createSampleSeries(SLICES)) await writeFile(join(folder, name), bytes);
    await writeFile(join(folder, "notes.txt"), "This is not a DICOM file.\n");
    say(`a folder with a generated series of ${SLICES} CT slices, and a text file`);
    await walk(api, folder);
    return 0;
  } finally {
    api.close();
    await rm(folder, { recursive: true });
    await emulator.close();
  }
}

async function walk(api: LocalApi, folder: string): Promise<void> {
  const created = await api.json("POST", "/datastore", { datastoreName: "demo", clientToken: "demo" });
  show("CreateDatastore", created);
  const datastoreId = String(created["datastoreId"]);
  const bar = createProgressBar(process.stdout);
  const outcome = await importFolder(api, {
    folder,
    datastore: datastoreId,
    onProgress: (step, done, of) => void (step === "Uploading" && bar.show(step, done, of)),
    onStatus: (jobProperties) => show("GetDICOMImportJob", { jobProperties }),
  });
  bar.end();
  show("GetDatastore", await api.json("GET", `/datastore/${datastoreId}`));
  show("FAILURE/failure.ndjson", outcome.failures);
  show("SearchImageSets", await api.json("POST", `/datastore/${datastoreId}/searchImageSets`, {}));
  for (const { imageSetId } of outcome.imageSets) await showImageSet(api, datastoreId, imageSetId);
}

async function showImageSet(api: LocalApi, datastoreId: string, imageSetId: string): Promise<void> {
  const path = `/datastore/${datastoreId}/imageSet/${imageSetId}`;
  show("GetImageSet", await api.json("POST", `${path}/getImageSet`));
  const metadata = await readMetadata(api, datastoreId, imageSetId);
  const instances = Object.values(metadata.Study.Series).flatMap((series) => Object.values(series.Instances));
  const [frame] = instances.flatMap(({ ImageFrames }) => ImageFrames);
  show("GetImageSetMetadata, its first frame", frame);
  const file = await api.bytes("POST", `${path}/getImageFrame`, { imageFrameId: frame?.ID });
  say(
    `GetImageFrame: a JPH file (HTJ2K) of ${file.length} bytes for ${frame?.FrameSizeInBytes} bytes of samples, first bytes ${file.subarray(0, 12).toString("hex")}`,
  );
}

const say = (text: string): void => void process.stdout.write(`\n${text}\n`);

function show(what: string, value: unknown): void {
  say(what);
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
