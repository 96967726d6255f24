import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MedicalImagingClient, SearchImageSetsCommand } from "@aws-sdk/client-medical-imaging";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createEmulator, type ComposeOptions, type Emulator } from "../../src/index.ts";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import { convertFolder } from "../../src/storage/convert-folder.ts";
import { runHere } from "../app/cli/command-line.ts";
import { createActiveDatastore, importFiles, NO_TIME } from "../clients.ts";
import { S3Client } from "@aws-sdk/client-s3";

const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
});
afterEach(() => rm(folder, { recursive: true }));

const open = (options: ComposeOptions = {}) =>
  createEmulator({ data: folder, durations: NO_TIME, ...options });
const common = ({ requestHandler }: Emulator) => ({
  requestHandler,
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
});
const clientsOf = (emulator: Emulator) => ({
  medicalImaging: new MedicalImagingClient(common(emulator)),
  s3: new S3Client({ ...common(emulator), forcePathStyle: true }),
  [Symbol.asyncDispose]: async () => {},
});

/** Two data stores: in one each series has an image set, in the other a series has two. */
async function fill(emulator: Emulator): Promise<{ alone: string; twice: string }> {
  const sandbox = clientsOf(emulator);
  const [{ name, bytes } = { name: "", bytes: "" }] = createSampleSeries(1);
  const alone = await createActiveDatastore(sandbox.medicalImaging, "alone");
  const twice = await createActiveDatastore(sandbox.medicalImaging, "twice");
  for (const [bucket, id] of Object.entries({ one: alone, two: twice, three: twice }))
    await importFiles(sandbox, id, bucket, { [name]: bytes });
  return { alone, twice };
}

async function primariesOf(emulator: Emulator, datastoreId: string): Promise<(boolean | undefined)[]> {
  const { medicalImaging } = clientsOf(emulator);
  const { imageSetsMetadataSummaries = [] } = await medicalImaging.send(
    new SearchImageSetsCommand({ datastoreId }),
  );
  return imageSetsMetadataSummaries.map(({ isPrimary }) => isPrimary);
}

const formatOnDisk = async (): Promise<{ version: unknown; serviceRelease: unknown }> =>
  JSON.parse(await readFile(join(folder, "format.json"), "utf8")) as Awaited<ReturnType<typeof formatOnDisk>>;
const releaseOnDisk = async (): Promise<unknown> => (await formatOnDisk()).serviceRelease;

describe("a data folder", () => {
  test("of 2024-05 is refused by 2026-06 with the way out, and nothing is changed", async () => {
    await (await open()).close();
    await expect(open({ serviceRelease: "latest" })).rejects.toThrow(
      `the data folder ${folder} was made with service release 2024-05, and 2026-06 is to be served: start with --service-release 2024-05, convert it for good with healthimaging-local convert --data ${folder}, or use another folder`,
    );
    expect(await releaseOnDisk()).toBe("2024-05");
    await (await open()).close();
  });

  test("of 2026-06 stores the date, not latest, and is refused by 2024-05 without a way back", async () => {
    await (await open({ serviceRelease: "latest" })).close();
    expect(await releaseOnDisk()).toBe("2026-06");
    await expect(open()).rejects.toThrow(
      /and 2024-05 is to be served: start with --service-release 2026-06, or use another folder$/,
    );
    const emulator = await open({ serviceRelease: "2026-06" });
    expect(await emulator.control.health()).toMatchObject({ serviceRelease: "2026-06" });
    await emulator.reset();
    await emulator.close();
    expect(await releaseOnDisk()).toBe("2026-06");
  });

  test("of 2024-05 has the format that 0.2.0 reads, one of 2026-06 a format that 0.2.0 refuses", async () => {
    await (await open()).close();
    expect((await formatOnDisk()).version).toBe(2);
    expect((await runHere(["convert", "--data", folder])).code).toBe(0);
    expect(await formatOnDisk()).toMatchObject({ version: 3, serviceRelease: "2026-06" });
    const emulator = await open({ serviceRelease: "2026-06" });
    await emulator.reset();
    await emulator.control.snapshots.save("new");
    await emulator.close();
    expect((await formatOnDisk()).version).toBe(3);
    const manifest = await readFile(join(folder, "snapshots/new/snapshot.json"), "utf8");
    expect(JSON.parse(manifest)).toMatchObject({ version: 3, serviceRelease: "2026-06" });
  });

  test("of a release without formats is one of 2024-05", async () => {
    await mkdir(join(folder, "datastores"));
    await expect(open({ serviceRelease: "2026-06" })).rejects.toThrow(
      /was made with service release 2024-05/,
    );
  });
});

describe("convert", () => {
  test("makes image sets primary that are alone for their series, and converts snapshots", async () => {
    const before = await open();
    const { alone, twice } = await fill(before);
    await before.control.snapshots.save("full");
    await before.close();
    const { code, stdout } = await runHere(["convert", "--data", folder]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `${folder} is now of service release 2026-06\nimage sets  3, of these 1 primary\nsnapshots   full\n`,
    });
    const after = await open({ serviceRelease: "2026-06" });
    expect(await primariesOf(after, alone)).toEqual([true]);
    expect(await primariesOf(after, twice)).toEqual([false, false]);
    await after.reset();
    expect(await after.control.snapshots.get("full")).toMatchObject({
      serviceRelease: "2026-06",
      imageSets: 3,
    });
    await after.control.snapshots.restore("full");
    expect(await primariesOf(after, alone)).toEqual([true]);
    await after.close();
    expect(await convertFolder(folder, SILENT)).toMatchObject({ isConverted: false, snapshots: [] });
  });

  test("refuses a folder that is not one of data, and a folder in use", async () => {
    const nothing = await runHere(["convert", "--data", join(folder, "nothing")]);
    expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining("is not a data folder")]);
    const emulator = await open();
    const inUse = await runHere(["convert"], { HEALTHIMAGING_LOCAL_DATA: folder });
    expect([inUse.code, inUse.stderr]).toEqual([1, expect.stringContaining(folder)]);
    await emulator.close();
    expect((await runHere(["convert"])).stderr).toContain(
      "convert needs a data folder: convert --data ./data",
    );
  });
});

describe("a snapshot", () => {
  test("of 2024-05 is not restored into 2026-06, and the message says what to do", async () => {
    const file = join(folder, "old.tar.gz");
    const older = await createEmulator({ durations: NO_TIME });
    await older.control.snapshots.save("old");
    const bytes = await older.control.snapshots.export("old");
    await older.close();
    await using newer = await createEmulator({ serviceRelease: "2026-06" });
    const summary = await newer.control.snapshots.import("old", bytes);
    expect(summary).not.toHaveProperty("serviceRelease");
    await expect(newer.control.snapshots.restore("old")).rejects.toMatchObject({
      status: 409,
      message: expect.stringMatching(
        /^snapshot old was saved with service release 2024-05, and 2026-06 is served: start an emulator with --service-release 2024-05, or keep it in a data folder of that release and run healthimaging-local convert/,
      ) as string,
    });
    await writeFile(file, bytes);
    await expect(createEmulator({ serviceRelease: "2026-06", seed: file })).rejects.toThrow(
      /the snapshot was saved with service release 2024-05/,
    );
  });

  test("of 2026-06 is not restored into 2024-05, and keeps its release when it is exported", async () => {
    const newer = await createEmulator({ serviceRelease: "2026-06", durations: NO_TIME });
    await newer.control.snapshots.save("new");
    const bytes = await newer.control.snapshots.export("new");
    await newer.close();
    await using older = await createEmulator();
    await older.control.snapshots.import("new", bytes);
    await expect(older.control.snapshots.restore("new")).rejects.toThrow(
      /and 2024-05 is served: start an emulator with --service-release 2026-06$/,
    );
    expect(Buffer.from(await older.control.snapshots.export("new"))).toEqual(Buffer.from(bytes));
  });
});
