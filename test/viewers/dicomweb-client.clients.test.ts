import { execFile } from "node:child_process";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEmulator, type EmulatorServer } from "../../src/index.ts";
import { goldenChecksums, ownCorpus, pathIn } from "../corpus/corpus.ts";
import { scaled } from "../setup/timeouts.ts";

const run = promisify(execFile);

/** A file with several frames, each of which is exact. */
const golden = ownCorpus.files.find(
  ({ frames, expect: { seed }, transferSyntaxUID, pixelKeyword }) =>
    frames.length > 1 &&
    seed === "success" &&
    pixelKeyword !== null &&
    transferSyntaxUID === "1.2.840.10008.1.2.1",
);

/** The Python package of the same name as OHIF's library. */
const PROGRAM = `
import json, sys, zlib
from dicomweb_client.api import DICOMwebClient
url, study, series, instance, count = sys.argv[1:]
client = DICOMwebClient(url=url)
keyed = {"StudyInstanceUID": study}
frames = client.retrieve_instance_frames(
    study, series, instance, [number + 1 for number in range(int(count))],
    media_types=(("application/octet-stream", "1.2.840.10008.1.2.1"),))
print(json.dumps({
    "studies": [found["0020000D"]["Value"][0] for found in client.search_for_studies(search_filters=keyed)],
    "series": [found["0020000E"]["Value"][0] for found in client.search_for_series(study)],
    "instances": [found["00080018"]["Value"][0] for found in client.search_for_instances(study, series)],
    "metadata": [found["00080018"]["Value"][0] for found in client.retrieve_series_metadata(study, series)],
    "frames": [zlib.crc32(frame) for frame in frames],
}))
`;

describe("dicomweb-client", { timeout: scaled(120_000) }, () => {
  let folder: string;
  let emulator: EmulatorServer;
  let python: string | undefined;
  let datastoreId: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "healthimaging-local-dicomweb-client-"));
    python = await installIn(join(folder, "venv"));
    emulator = await startEmulator({ serviceRelease: "2026-06" });
    const files = await mkdtemp(join(folder, "dicom-"));
    if (golden !== undefined) await copyFile(pathIn(ownCorpus, golden), join(files, "file.dcm"));
    ({ datastoreId } = await emulator.control.importFolder(files));
  }, scaled(300_000));
  afterAll(async () => {
    await emulator.close();
    await rm(folder, { recursive: true });
  });

  test("finds a study, and reads its metadata and each frame", async (context) => {
    if (python === undefined) return context.skip();
    const { studyInstanceUID, seriesInstanceUID, sopInstanceUID, frames = [] } = golden ?? {};
    const uids = [studyInstanceUID, seriesInstanceUID, sopInstanceUID].map(String);
    const url = `${emulator.url}/datastore/${datastoreId}`;
    const { stdout } = await run(python, ["-c", PROGRAM, url, ...uids, String(frames.length)]);
    expect(JSON.parse(stdout)).toEqual({
      studies: [studyInstanceUID],
      series: [seriesInstanceUID],
      instances: [sopInstanceUID],
      metadata: [sopInstanceUID],
      frames: frames.flatMap(goldenChecksums),
    });
  });
});

/** The Python that has the package: the system's, or one of a new environment. Undefined, said aloud, where neither has it. */
async function installIn(environment: string): Promise<string | undefined> {
  const isThere = (python: string): Promise<boolean> =>
    run(python, ["-c", "import dicomweb_client"]).then(
      () => true,
      () => false,
    );
  if (await isThere("python3")) return "python3";
  const python = join(environment, "bin", "python3");
  const install = ["-m", "pip", "install", "--quiet", "--retries", "0", "--timeout", "10", "dicomweb-client"];
  await run("python3", ["-m", "venv", environment])
    .then(() => run(python, install))
    .catch(() => undefined);
  if (await isThere(python)) return python;
  process.stderr.write("SKIPPED: dicomweb-client; pip install dicomweb-client\n");
  return undefined;
}
