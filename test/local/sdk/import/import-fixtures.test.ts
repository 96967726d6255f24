import { execFileSync } from "node:child_process";
import { appendFile, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { Readable } from "node:stream";
import {
  GetImageSetCommand,
  ListDatastoresCommand,
  MedicalImagingClient,
} from "@aws-sdk/client-medical-imaging";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { HttpHandler } from "../../../../src/api/http.ts";
import { importFixtures } from "../../../../src/local/sdk/import/import-fixtures.ts";
import { createSampleSeries } from "../../../../src/local/sdk/import/sample-series.ts";
import { ControlClient, startEmulator, type EmulatorServer } from "../../../../src/index.ts";
import { runTypeScript } from "../../../setup/typescript-process.ts";

let home: string;
let folder: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "healthimaging-local-fixtures-"));
  folder = join(home, "two slices");
  await mkdir(join(folder, "deeper"), { recursive: true });
  const [first, second] = createSampleSeries(2);
  if (first === undefined || second === undefined) throw new Error("no slices");
  await writeFile(join(folder, first.name), first.bytes);
  await writeFile(join(folder, "deeper", second.name), second.bytes);
  await writeFile(join(folder, "notes.txt"), "no DICOM");
});
afterAll(() => rm(home, { recursive: true }));

let emulator: EmulatorServer;
beforeEach(async () => {
  emulator = await startEmulator({ quotas: { "Maximum files in a DICOM import job": 4 } });
});
afterEach(() => emulator.close());

const clientOf = (accessKeyId: string): MedicalImagingClient =>
  new MedicalImagingClient({
    region: "us-east-1",
    credentials: { accessKeyId, secretAccessKey: "test" },
    requestHandler: emulator.requestHandler,
  });

describe.each<[string, () => ControlClient]>([
  ["over a socket", () => new ControlClient(emulator.url)],
  ["in process", () => emulator.control],
])("an import in one line, %s,", (_, reach) => {
  test("returns the image sets and the files that were not imported", async () => {
    const { datastoreId, jobId, imageSets, failures } = await reach().importFolder(folder);
    expect(jobId).toMatch(/^[0-9a-f]{32}$/);
    expect(imageSets).toEqual([{ imageSetId: expect.any(String) as string, numberOfMatchedSOPInstances: 2 }]);
    expect(failures).toMatchObject([{ file: "notes.txt" }]);
    const client = clientOf("test");
    const imageSetId = imageSets[0]?.imageSetId;
    expect(await client.send(new GetImageSetCommand({ datastoreId, imageSetId }))).toMatchObject({
      imageSetState: "ACTIVE",
    });
    const { datastoreSummaries } = await client.send(new ListDatastoresCommand({}));
    expect(datastoreSummaries).toMatchObject([{ datastoreId, datastoreName: "two-slices" }]);
  });

  test("advances a frozen clock, and leaves it frozen", async () => {
    const control = reach();
    await control.clock.freeze();
    expect((await control.importFolder(folder)).imageSets).toHaveLength(1);
    expect(await control.clock.now()).toMatchObject({ isFrozen: true });
  });

  test("imports into the named data store of the named account, also a second time", async () => {
    const control = reach();
    const account = "111122223333";
    const options = { datastore: "mine", accessKeyId: account };
    const [first, second] = await Promise.all([
      control.importFolder(folder, { datastore: "other" }),
      control.importFolder(folder, options),
    ]);
    const again = await control.importFolder(relative(process.cwd(), folder), options);
    expect(again.datastoreId).toBe(second.datastoreId);
    expect(
      (await control.importFolder(folder, { ...options, datastore: again.datastoreId })).datastoreId,
    ).toBe(again.datastoreId);
    expect(first.datastoreId).not.toBe(second.datastoreId);
    const { datastoreSummaries } = await clientOf(account).send(new ListDatastoresCommand({}));
    expect(datastoreSummaries).toMatchObject([{ datastoreName: "mine" }]);
  });

  test("goes on where a file has gone since it was listed, or cannot be read to its end", async () => {
    const [first, second, third] = createSampleSeries(3);
    if (first === undefined || second === undefined || third === undefined) throw new Error("no slices");
    const changing = await mkdtemp(join(home, "changing-"));
    for (const [index, { bytes }] of [first, second, third].entries())
      await writeFile(join(changing, `${index}.dcm`), bytes);
    const endpoint: HttpHandler = async (request) => {
      if (request.method === "PUT" && request.path.endsWith("/0.dcm"))
        await rm(join(changing, "1.dcm"), { force: true });
      const isLast = request.method === "PUT" && request.path.endsWith("/2.dcm");
      if (isLast && request.body instanceof Readable)
        request.body.destroy(Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" }));
      return emulator.handle(request);
    };
    const outcome = await importFixtures(reach(), { endpoint: endpoint }, changing, {});
    expect(outcome.imageSets).toMatchObject([{ numberOfMatchedSOPInstances: 1 }]);
    expect(outcome.failures).toEqual([
      { file: "1.dcm", message: "the file cannot be read (ENOENT)" },
      { file: "2.dcm", message: "the file cannot be read (EIO)" },
    ]);
  });

  // Windows has no FIFOs in folders.
  test.skipIf(process.platform === "win32")(
    "does not hang where a pipe takes a file's place while the folder is uploaded",
    async () => {
      const changing = await mkdtemp(join(home, "changing-"));
      for (const [index, { bytes }] of createSampleSeries(2).entries())
        await writeFile(join(changing, `${index}.dcm`), bytes);
      const endpoint: HttpHandler = async (request) => {
        if (request.method === "PUT" && request.path.endsWith("/0.dcm")) {
          await rm(join(changing, "1.dcm"));
          execFileSync("mkfifo", [join(changing, "1.dcm")]);
        }
        return emulator.handle(request);
      };
      const outcome = await importFixtures(reach(), { endpoint: endpoint }, changing, {});
      expect(outcome.imageSets).toMatchObject([{ numberOfMatchedSOPInstances: 1 }]);
      expect(outcome.failures).toEqual([{ file: "1.dcm", message: "the file cannot be read" }]);
    },
  );

  test("goes on where a file has more or fewer bytes than its size says", async () => {
    const changing = await mkdtemp(join(home, "changing-"));
    const series = createSampleSeries(4);
    for (const [index, { bytes }] of series.entries()) await writeFile(join(changing, `${index}.dcm`), bytes);
    await writeFile(join(changing, "4.dcm"), "");
    const size = series[0]?.bytes.length ?? 0;
    const endpoint: HttpHandler = async (request) => {
      // Each has been opened and measured by now, and not yet read.
      if (request.method === "PUT" && request.path.endsWith("/1.dcm"))
        await appendFile(join(changing, "1.dcm"), "more");
      if (request.method === "PUT" && request.path.endsWith("/2.dcm"))
        await truncate(join(changing, "2.dcm"), 9);
      return emulator.handle(request);
    };
    if (process.platform === "linux") await symlink("/proc/self/environ", join(changing, "5.dcm"));
    const outcome = await importFixtures(reach(), { endpoint: endpoint }, changing, { followLinks: true });
    expect(outcome.imageSets).toMatchObject([{ numberOfMatchedSOPInstances: 2 }]);
    expect(outcome.failures).toEqual([
      { file: "1.dcm", message: `the file has more bytes than its size, ${size}` },
      { file: "2.dcm", message: `the file has 9 bytes, its size is ${size}` },
      ...(process.platform === "linux"
        ? [{ file: "5.dcm", message: "the file has more bytes than its size, 0" }]
        : []),
      { file: "4.dcm", message: expect.any(String) as string },
    ]);
  });

  test("says why there is nothing to import", async () => {
    const odd = await mkdtemp(join(home, "odd-"));
    const nothing = `no files to import were found in ${odd}`;
    await expect(reach().importFolder(odd)).rejects.toThrow(`${nothing}: it is empty`);
    await symlink(".", join(odd, "self"));
    await expect(reach().importFolder(odd)).rejects.toThrow(`${nothing}: it has only folders, and links`);
    await symlink("loop", join(odd, "loop"));
    await symlink("nowhere", join(odd, "nowhere"));
    await expect(reach().importFolder(odd)).rejects.toThrow(
      `${nothing}: loop: the file cannot be read: a link leads in a loop (ELOOP), and 1 more`,
    );
    await expect(reach().importFolder(join(odd, "loop"))).rejects.toThrow(
      "cannot be read: a link leads in a loop (ELOOP)",
    );
  });

  test("throws when the job fails, cannot end, or the path is not a folder", async () => {
    const control = reach();
    await control.limits.set({ quotas: { "Maximum files in a DICOM import job": 1 } });
    await expect(control.importFolder(folder)).rejects.toThrow(/^the import job \w+ is FAILED: .*file/);
    await control.limits.set({ quotas: { "Maximum files in a DICOM import job": 4 } });
    await control.clock.freeze();
    await control.resources.hold("importJob/*", "IN_PROGRESS");
    await expect(control.importFolder(folder)).rejects.toMatchObject({
      status: 408,
      message: expect.stringContaining("and is held") as string,
    });
    await expect(control.importFolder(join(home, "nothing"))).rejects.toThrow("there is no folder");
    await mkdir(join(home, "empty"), { recursive: true });
    await expect(control.importFolder(join(home, "empty"))).rejects.toThrow("no files to import were found");
  });
});

test("a program that only imports waits for the import to end, also without a port", async () => {
  const code = `
    import { createEmulator } from "./src/index.ts";
    await using emulator = await createEmulator();
    console.log((await emulator.control.importFolder(process.argv[1])).imageSets.length);
  `;
  expect(await runTypeScript(code, resolve(import.meta.dirname, "../../../.."), folder)).toBe("1\n");
});
