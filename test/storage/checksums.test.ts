import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import {
  CopyImageSetCommand,
  GetImageFrameCommand,
  GetImageSetCommand,
  GetImageSetMetadataCommand,
  MedicalImagingClient,
} from "@aws-sdk/client-medical-imaging";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LocalApi } from "../../src/local/sdk/local-api.ts";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import { checksumOf, frameKey } from "../../src/domain/blobs.ts";
import type { ImageSet } from "../../src/domain/image-sets/image-set.ts";
import { createEmulator, type Emulator } from "../../src/index.ts";
import { CheckedBlobs } from "../../src/storage/blobs/checked-blobs.ts";
import { DiskBlobs } from "../../src/storage/blobs/disk-blobs.ts";
import { until } from "../until.ts";

const REMEDY = "Delete the image set and import its files again, or restore a snapshot";

let parent: string;
let data: string;
const errors: string[] = [];
const log = {
  info: () => {},
  warn: () => {},
  error: (said: string, cause?: Error) =>
    void errors.push(cause === undefined ? said : `${said}, with ${cause.message}`),
};
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  data = join(parent, "data");
  errors.length = 0;
});
afterEach(() => rm(parent, { recursive: true }));

const open = (): Promise<Emulator> => createEmulator({ data, log });
const clientOf = ({ requestHandler }: Emulator): MedicalImagingClient =>
  new MedicalImagingClient({
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    requestHandler,
  });

interface Place {
  readonly datastoreId: string;
  readonly imageSetId: string;
}

/** Imports one slice. */
async function importSlice(emulator: Emulator): Promise<Place> {
  const folder = await mkdtemp(join(parent, "dicom-"));
  await writeFile(join(folder, "slice.dcm"), createSampleSeries(1)[0]?.bytes ?? "");
  const { datastoreId, imageSets } = await emulator.control.importFolder(folder, { datastore: "store" });
  return { datastoreId, imageSetId: imageSets[0]?.imageSetId ?? "" };
}

const folderOf = ({ datastoreId, imageSetId }: Place): string =>
  join(data, "datastores", datastoreId, "image-sets", imageSetId);
/** Documents are written in the background: a job may be COMPLETED before. */
async function readImageSet(place: Place): Promise<ImageSet> {
  const path = join(folderOf(place), "image-set.json");
  const written = await until(
    () => readFile(path, "utf8").catch(() => ""),
    (text) => text !== "",
  );
  return JSON.parse(written) as ImageSet;
}
const framePath = ({ datastoreId, frameIds }: ImageSet): string =>
  join(data, frameKey(datastoreId, frameIds[0] ?? ""));

async function flipLastBit(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  await writeFile(path, bytes);
}

function readFrame(client: MedicalImagingClient, { datastoreId, imageSetId, frameIds }: ImageSet) {
  const imageFrameInformation = { imageFrameId: frameIds[0] };
  return client.send(new GetImageFrameCommand({ datastoreId, imageSetId, imageFrameInformation }));
}

describe("the checksums of an image set", () => {
  test("cover the files of its frames and metadata, also in a copy", async () => {
    await using emulator = await open();
    const client = clientOf(emulator);
    const place = await importSlice(emulator);
    const { datastoreId, imageSetId } = place;
    const copied = await client.send(
      new CopyImageSetCommand({
        datastoreId,
        sourceImageSetId: imageSetId,
        copyImageSetInformation: { sourceImageSet: { latestVersionId: "1" } },
      }),
    );
    const copy = { datastoreId, imageSetId: copied.destinationImageSetProperties?.imageSetId ?? "" };
    await emulator.control.wait(`imageSet/${copy.imageSetId}`, { status: "COPIED" });
    for (const each of [place, copy]) {
      const imageSet = await readImageSet(each);
      expect(imageSet.frameChecksums).toEqual([checksumOf(await readFile(framePath(imageSet)))]);
      const metadata = await readFile(join(folderOf(each), "metadata-1.json"));
      expect(imageSet.versions.at(-1)?.metadataChecksum).toBe(checksumOf(metadata));
    }
  });

  test("reveal a damaged frame, which is an InternalServerException and named in the log", async () => {
    let imageSet: ImageSet;
    {
      await using emulator = await open();
      imageSet = await readImageSet(await importSlice(emulator));
    }
    await flipLastBit(framePath(imageSet));
    await using emulator = await open();
    const reading = readFrame(clientOf(emulator), imageSet);
    await expect(reading).rejects.toMatchObject({
      name: "InternalServerException",
      $metadata: { httpStatusCode: 500 },
    });
    const told = new RegExp(
      `^request \\S+ failed: image set ${imageSet.imageSetId}: ${framePath(imageSet)} is damaged: ` +
        `its length and CRC-32 are \\S+, expected \\S+[.] ${REMEDY}$`,
    );
    expect(errors).not.toEqual([]);
    for (const error of errors) expect(error).toMatch(told);
  });

  test.each<[string, (path: string) => Promise<unknown>, string]>([
    ["damaged", flipLastBit, String.raw`is damaged: its length and CRC-32 are \S+, expected \S+`],
    ["missing", (path) => rm(path), "is missing"],
    ["replaced by a folder", (path) => rm(path).then(() => mkdir(path)), "is a folder, not a file"],
  ])("come with a hint that names file, image set and remedy where a frame is %s", async (_, harm, what) => {
    await using emulator = await open();
    const place = await importSlice(emulator);
    const { datastoreId, imageSetId, frameIds } = await readImageSet(place);
    const key = frameKey(datastoreId, frameIds[0] ?? "");
    await harm(join(data, key));
    const told = `image set ${imageSetId}: ${key} ${what}[.] ${REMEDY}`;
    const api = new LocalApi({ endpoint: emulator.handle, accessKeyId: "test", region: "us-east-1" });
    const path = `/datastore/${datastoreId}/imageSet/${imageSetId}/getImageFrame`;
    const { status, headers } = await api.call("POST", path, JSON.stringify({ imageFrameId: frameIds[0] }));
    expect([status, headers["x-local-hint"]]).toEqual([500, expect.stringMatching(`^${told}$`)]);
    expect(errors).toEqual([
      expect.stringMatching(`^request \\S+ failed: ${told.replace(key, join(data, key))}$`),
    ]);
    const read = new CheckedBlobs(new DiskBlobs(data), (name) => name);
    if (what.startsWith("is damaged")) return;
    await expect(read.byteLength(key, { key, imageSetId, checksum: undefined })).rejects.toThrow(
      new RegExp(`^${told}$`),
    );
  });

  test("reveal damaged metadata, in an answer and in a copy", async () => {
    let place: Place;
    {
      await using emulator = await open();
      place = await importSlice(emulator);
    }
    const path = join(folderOf(place), "metadata-1.json");
    await writeFile(path, (await readFile(path, "utf8")).replace("Phantom^Demo", "Phantom^Dumb"));
    await using emulator = await open();
    const client = clientOf(emulator);
    const failure = { name: "InternalServerException" };
    await expect(client.send(new GetImageSetMetadataCommand(place))).rejects.toMatchObject(failure);
    const copy = new CopyImageSetCommand({
      datastoreId: place.datastoreId,
      sourceImageSetId: place.imageSetId,
      copyImageSetInformation: { sourceImageSet: { latestVersionId: "1" } },
    });
    await expect(client.send(copy)).rejects.toMatchObject(failure);
    for (const error of errors) expect(error).toContain(`${path} is damaged`);
    expect((await client.send(new GetImageSetCommand(place))).imageSetState).toBe("ACTIVE");
  });

  test("stop the save of a snapshot with a truncated frame, with a message", async () => {
    await using emulator = await open();
    const imageSet = await readImageSet(await importSlice(emulator));
    await writeFile(framePath(imageSet), "cut");
    await expect(emulator.control.snapshots.save("cut")).rejects.toMatchObject({
      status: 409,
      message: expect.stringMatching(
        /of image set [0-9a-f]{32} is damaged: it has 3 bytes, expected \d+: delete that image set/,
      ) as string,
    });
  });
});

test("the checksum of a blob is checked only at its first read", async () => {
  const key = frameKey("a", "f");
  const disk = new DiskBlobs(parent);
  const blobs = new CheckedBlobs(disk, (name) => join(parent, name));
  const bytes = new Uint8Array([1, 2, 3]);
  const stored = { key, imageSetId: "i", checksum: checksumOf(bytes) };
  await blobs.write(key, bytes);
  expect([...(await blobs.read(key, stored))]).toEqual([1, 2, 3]);
  await disk.write(key, new Uint8Array([9]));
  expect([...(await blobs.read(key, stored))]).toEqual([9]);
  // What is written through it is looked at again.
  await blobs.write(key, new Uint8Array([8]));
  await expect(blobs.read(key, stored)).rejects.toThrow(
    `${join(parent, key)} is damaged: its length and CRC-32 are 1-`,
  );
});

describe("blobs of 0.1.0, which kept no checksum", () => {
  const FIXTURE = resolve(import.meta.dirname, "../fixtures/0.1.0/resets.tar.gz");

  async function placeOf(): Promise<Place> {
    const names = await readdir(join(data, "datastores"));
    const datastoreId = names.find((name) => !name.startsWith(".")) ?? "";
    const [imageSetId = ""] = await readdir(join(data, "datastores", datastoreId, "image-sets"));
    return { datastoreId, imageSetId };
  }

  beforeEach(() => {
    execFileSync("tar", ["-C", parent, "-xzf", FIXTURE, "resets/epoch-2"]);
    data = join(parent, "resets", "epoch-2");
  });

  test("get a checksum at their first read, which is kept", async () => {
    const place = await placeOf();
    const before = await readImageSet(place);
    {
      await using emulator = await open();
      const client = clientOf(emulator);
      await readFrame(client, before);
      await client.send(new GetImageSetMetadataCommand(place));
    }
    const after = await readImageSet(place);
    expect(after.frameChecksums).toEqual([
      checksumOf(await readFile(framePath(before))),
      ...before.frameIds.slice(1).map(() => null),
    ]);
    const { frameChecksums: _, versions, ...others } = after;
    const [{ metadataChecksum, ...version }] = versions;
    expect(metadataChecksum).toBe(checksumOf(await readFile(join(folderOf(place), "metadata-1.json"))));
    expect({ ...others, versions: [version] }).toEqual(before);
    await flipLastBit(framePath(before));
    await using emulator = await open();
    await expect(readFrame(clientOf(emulator), before)).rejects.toMatchObject({
      name: "InternalServerException",
    });
  });

  test("keep a new checksum while the process runs, too", async () => {
    const place = await placeOf();
    const before = await readImageSet(place);
    await using emulator = await open();
    await emulator.control.clock.freeze();
    await readFrame(clientOf(emulator), before);
    await emulator.control.clock.advance("1s");
    await expect
      .poll(async () => (await readImageSet(place)).frameChecksums?.[0])
      .toMatch(/^\d+-[0-9a-f]{8}$/);
  });
});
