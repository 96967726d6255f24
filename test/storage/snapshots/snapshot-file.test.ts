import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readlinkSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checksumOf, frameKey, metadataKey } from "../../../src/domain/blobs.ts";
import type { ImageSet } from "../../../src/domain/image-sets/image-set.ts";
import { DiskSpace } from "../../../src/storage/snapshots/disk-space.ts";
import { blobKeysOf, type StoredDocument } from "../../../src/storage/documents/stored-documents.ts";
import { MemoryState } from "../../../src/storage/documents/memory-state.ts";
import { openStorage } from "../../../src/storage/open-storage.ts";
import { readLines } from "../../../src/storage/snapshots/read-lines.ts";
import { unpack } from "../../../src/storage/snapshots/snapshot-file.ts";
import { fillOf, readTarHeader, writeHeader } from "../../../src/storage/snapshots/tar.ts";

const LOG = { info: () => {}, warn: () => {}, error: () => {} };
const STORE = "a".repeat(32);
const SET = "b".repeat(32);
const FRAME = "c".repeat(32);
const NOW = new Date(0);

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
});
afterEach(() => rm(data, { recursive: true }));

const datastore: StoredDocument = {
  kind: "datastores",
  document: {
    datastoreId: STORE,
    account: "000000000000",
    region: "us-east-1",
    datastoreName: "a",
    datastoreStatus: "ACTIVE",
    kmsKeyArn: null,
    tags: {},
    createdAt: 1,
    updatedAt: 1,
    statusSince: 1,
  },
};
const version: ImageSet["versions"][0] = {
  versionId: 1,
  imageSetState: "ACTIVE",
  imageSetWorkflowStatus: "CREATED",
  updatedAt: 2,
  message: null,
  metadataKey: metadataKey(STORE, SET, 1),
  dicomTags: {},
};
const imageSet = (changes: Partial<ImageSet> = {}): StoredDocument => ({
  kind: "imageSets",
  document: {
    imageSetId: SET,
    datastoreId: STORE,
    createdAt: 2,
    deletedAt: null,
    versions: [version],
    frameIds: [FRAME],
    tags: {},
    ...changes,
  },
});

const MANIFEST = { format: "healthimaging-local snapshot", version: 1 };

type Files = readonly (readonly [name: string, bytes: string])[];

const filesOf = (documents: readonly unknown[], manifest: object = MANIFEST): Files => [
  ["snapshot.json", JSON.stringify(manifest)],
  [frameKey(STORE, FRAME), "frame"],
  [metadataKey(STORE, SET, 1), "{}"],
  ["documents.jsonl", documents.map((document) => `${JSON.stringify(document)}\n`).join("")],
];
const GOOD = filesOf([datastore, imageSet()]);

const entry = ([name, bytes]: Files[0]): Buffer =>
  Buffer.concat([
    writeHeader({ name, byteLength: Buffer.byteLength(bytes) }),
    Buffer.from(bytes),
    Buffer.alloc(fillOf(Buffer.byteLength(bytes))),
  ]);
const sumsOf = (files: Files): Files[0] => [
  "checksums.txt",
  files.map(([name, bytes]) => `${createHash("sha256").update(bytes).digest("hex")}  ${name}\n`).join(""),
];
const END = Buffer.alloc(1024);
const tarOf = (files: Files, sums: Files = files): Buffer =>
  Buffer.concat([...files, sumsOf(sums)].map(entry).concat(END));
const fileOf = (files: Files, sums: Files = files): Buffer => gzipSync(tarOf(files, sums));

/** A link, as `tar` writes one. */
function linkTo(target: string): Buffer {
  const header = writeHeader({ name: frameKey(STORE, FRAME), byteLength: 0 });
  header.write("2", 156);
  header.write(target, 157);
  header.fill(32, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** What the import said, and what there is after it. */
async function importing(file: Uint8Array): Promise<unknown> {
  const storage = await openStorage(data, LOG);
  try {
    const { snapshots } = storage;
    const outcome = await snapshots
      .receive(inPieces(file), async () => null)
      .then((received) => snapshots.keep("s", received, { savedAt: NOW, replace: true }))
      .catch((error: unknown) => error);
    expect(await readdir(storage.spoolFolder)).toEqual([]);
    return outcome;
  } finally {
    await storage.close();
  }
}

/** In pieces that no structure of the file agrees with. */
async function* inPieces(file: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += 777) yield file.subarray(at, at + 777);
}

describe("a file that is imported as a snapshot", () => {
  test("is kept where it is valid", async () => {
    expect(await importing(fileOf(GOOD))).toMatchObject({ name: "s", datastores: 1, imageSets: 1, blobs: 2 });
    expect(await readFile(join(data, "snapshots/s", frameKey(STORE, FRAME)), "utf8")).toBe("frame");
  });

  const without = (name: string): Files => GOOD.filter(([other]) => other !== name);
  const withFile = (name: string, bytes = "x"): Files => [...GOOD, [name, bytes]];
  const hostile: readonly (readonly [what: string, file: Buffer, says: string])[] = [
    ["nothing", Buffer.alloc(0), "the file is not a valid snapshot"],
    ["a file that is not gzip", Buffer.from("hello"), "incorrect header check"],
    ["a cut file", fileOf(GOOD).subarray(0, -40), "unexpected end of file"],
    ["a cut tar", gzipSync(tarOf(GOOD).subarray(0, 1500)), "the file ends too early"],
    ["a path that leaves", fileOf(withFile("../../out")), "does not belong in a snapshot"],
    ["an absolute path", fileOf(withFile("/etc/passwd")), "does not belong in a snapshot"],
    ["a path with dots", fileOf(withFile(`datastores/${STORE}/frames/../../x`)), "does not belong"],
    ["a document's own path", fileOf(withFile(`datastores/${STORE}/datastore.json`)), "does not belong"],
    [
      "a link",
      gzipSync(Buffer.concat([entry(["snapshot.json", JSON.stringify(MANIFEST)]), linkTo("/etc/passwd")])),
      "is not a plain file",
    ],
    ["a file twice", fileOf([...GOOD, ...GOOD.slice(1, 2)]), "appears twice"],
    [
      "a wrong checksum",
      fileOf(
        GOOD,
        GOOD.map(([name, bytes]) => [name, name.endsWith("jhc") ? "other" : bytes]),
      ),
      "its checksum differs",
    ],
    ["a file that is not in the checksums", fileOf(GOOD, GOOD.slice(0, 3)), "lists 3 files, found 4"],
    ["no checksums", gzipSync(Buffer.concat([...GOOD.map(entry), END])), "it has no checksums.txt"],
    [
      "bytes after the compressed ones",
      Buffer.concat([fileOf(GOOD), Buffer.from("more")]),
      "incorrect header check",
    ],
    [
      "documents beyond what is held in memory",
      gzipSync(
        Buffer.concat([
          entry(["snapshot.json", JSON.stringify(MANIFEST)]),
          writeHeader({ name: "documents.jsonl", byteLength: 2 ** 30 }),
        ]),
      ),
      "its documents.jsonl is too long",
    ],
    [
      "more after the end",
      gzipSync(Buffer.concat([tarOf(GOOD), Buffer.from("more")])),
      "it has more data after",
    ],
    [
      "a newer version",
      fileOf(filesOf([datastore, imageSet()], { ...MANIFEST, version: 4 })),
      "it has format version 4, this healthimaging-local reads up to 3: update it",
    ],
    ["no version", fileOf(filesOf([], { ...MANIFEST, version: 0 })), "is not valid"],
    ["another format", fileOf(filesOf([], { format: "other", version: 1 })), "is not valid"],
    ["no documents", fileOf(without("documents.jsonl")), "it has no documents.jsonl"],
    ["a frame that is missing", fileOf(without(frameKey(STORE, FRAME))), "is missing"],
    [
      "a compression bomb",
      gzipSync(tarOf([GOOD[0] ?? ["", ""], ["documents.jsonl", "\n".repeat(200 * 2 ** 20)]])),
      "it unpacks to more than 250 times its size",
    ],
    ["no document", fileOf(filesOf(["x"])), "documents.jsonl:1 is not a document"],
    [
      "an unknown kind",
      fileOf(filesOf([{ kind: "constructor", document: {} }])),
      "documents.jsonl:1 is not a document",
    ],
    [
      "no versions",
      fileOf(filesOf([datastore, { kind: "imageSets", document: { ...imageSet().document, versions: [] } }])),
      "documents.jsonl:2 is not an image set: its versions is wrong",
    ],
    [
      "an id that is a path",
      fileOf(filesOf([datastore, imageSet({ frameIds: ["../../../etc/passwd"] })])),
      "its frameIds is wrong",
    ],
    [
      "metadata in another place",
      fileOf(filesOf([datastore, imageSet({ versions: [{ ...version, metadataKey: "../secret" }] })])),
      "has its metadata in another file",
    ],
    [
      "a state that is not that of its status",
      fileOf(filesOf([datastore, imageSet({ versions: [{ ...version, imageSetState: "LOCKED" }] })])),
      "its versions is wrong",
    ],
    [
      "versions that do not count from 1",
      fileOf(filesOf([datastore, imageSet({ versions: [version, version] })])),
      "its versions is wrong",
    ],
    [
      "a damaged frame",
      fileOf(filesOf([datastore, imageSet({ frameChecksums: [checksumOf(Buffer.from("frane"))] })])),
      `${frameKey(STORE, FRAME)} is damaged: its length and CRC-32 are ${checksumOf(Buffer.from("frame"))}, expected`,
    ],
    [
      "a frame that was cut",
      fileOf(filesOf([datastore, imageSet({ frameChecksums: ["6-00000000"] })])),
      `${frameKey(STORE, FRAME)} of image set ${SET} is damaged: it has 5 bytes, expected 6`,
    ],
    [
      "damaged metadata",
      fileOf(filesOf([datastore, imageSet({ versions: [{ ...version, metadataChecksum: "2-00000000" }] })])),
      `${metadataKey(STORE, SET, 1)} is damaged`,
    ],
    [
      "checksums that are not valid",
      fileOf(filesOf([datastore, imageSet({ frameChecksums: ["5"] })])),
      "its frameChecksums is wrong",
    ],
    [
      "more checksums than frames",
      fileOf(filesOf([datastore, imageSet({ frameChecksums: [null, null] })])),
      "it has 1 frameIds and 2 frameChecksums",
    ],
    ["no data store", fileOf(filesOf([imageSet()])), "which does not exist"],
    ["a document twice", fileOf(filesOf([datastore, datastore])), "appears twice"],
  ];
  test.each(hostile)("is refused whole: %s", async (_what, file, says) => {
    expect(await importing(file)).toMatchObject({
      code: "InvalidSnapshot",
      message: expect.stringContaining(says) as string,
    });
    expect(await readdir(data)).not.toContain("snapshots");
  });

  test("whose bytes are damaged is refused whole or restores the same data", async () => {
    const good = fileOf(GOOD);
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const damaged = Uint8Array.from(good);
        damaged[at] = (damaged[at] ?? 0) ^ mask;
        const outcome = await importing(damaged);
        if (!(outcome instanceof Error)) {
          expect(outcome).toMatchObject({ datastores: 1, imageSets: 1 });
          await rm(join(data, "snapshots"), { recursive: true });
        } else expect(outcome).toMatchObject({ code: "InvalidSnapshot" });
      }),
      { numRuns: 60 },
    );
  });
});

test.each([
  ["bytes", { byteLength: 3 * 4096, files: 10 }, "it needs more than 12288 bytes"],
  ["files", { byteLength: 2 ** 20, files: 3 }, "it has more than 3 files"],
])("a file that takes too many %s is refused before they are written", async (_what, room, message) => {
  const unpacked = unpack(inPieces(fileOf(GOOD)), data, new DiskSpace(room));
  await expect(unpacked).rejects.toMatchObject({
    code: "SnapshotTooLarge",
    message: expect.stringContaining(message) as string,
  });
  expect(await readdir(data)).not.toContain("documents.jsonl");
});

test("lines of a snapshot file are read as they were written, and a line that is too long is refused", async () => {
  const path = join(data, "lines");
  const lines = fc.array(fc.stringMatching(/^[a-zä]{0,200}$/), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(lines, async (given) => {
      await writeFile(path, given.map((line) => `${line}\n`).join(""));
      expect(await Array.fromAsync(readLines(path))).toEqual(given);
    }),
    { numRuns: 30 },
  );
  await writeFile(path, `short\n${"x".repeat(2 ** 18)}`);
  expect(await Array.fromAsync(readLines(path))).toHaveLength(2);
  await expect(Array.fromAsync(readLines(path, 2 ** 17))).rejects.toThrow("a line of more than 131072 bytes");
});

test.each(["", "..", ".s", "a/b", "CON", "nul.1", "s.", "s ", "ä", "x".repeat(65), "s\n"])(
  "a snapshot cannot be named $0",
  async (name) => {
    const storage = await openStorage(undefined, LOG);
    await expect(storage.snapshots.checkFree(name, true)).rejects.toMatchObject({ code: "InvalidSnapshot" });
    await storage.close();
  },
);

test("a snapshot name that differs only in case counts as taken, also where it is to be replaced", async () => {
  await importing(fileOf(GOOD));
  const storage = await openStorage(data, LOG);
  await expect(storage.snapshots.checkFree("S", true)).rejects.toMatchObject({ code: "SnapshotConflict" });
  await storage.close();
});

test("the download of a snapshot that is being replaced breaks off and is not a mixture", async () => {
  // More than waits anywhere on its way.
  const frame = randomBytes(2 ** 21).toString("hex");
  await importing(fileOf(GOOD.map(([name, bytes]) => [name, name.endsWith("jhc") ? frame : bytes])));
  const storage = await openStorage(data, LOG);
  const pieces = (await storage.snapshots.export("s"))[Symbol.asyncIterator]();
  expect((await pieces.next()).done).toBe(false);
  await storage.snapshots.remove("s");
  const received = await storage.snapshots.receive(inPieces(fileOf(GOOD)), async () => null);
  await storage.snapshots.keep("s", received, { savedAt: NOW, replace: false });
  await expect(Array.fromAsync(pieces)).rejects.toThrow();
  await storage.close();
});

const filesOpenIn = (folder: string): string[] =>
  readdirSync("/proc/self/fd").flatMap((handle) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${handle}`);
      return path.startsWith(folder) ? [path] : [];
    } catch {
      return []; // That of the list itself.
    }
  });

// Only Linux lists the open files of a process, below /proc.
test.runIf(process.platform === "linux")("a file that is no longer wanted is closed", async () => {
  const more = Array.from({ length: 30 }, (_, index): Files[0] => [
    frameKey(STORE, String(index).padStart(32, "0")),
    randomBytes(2 ** 13).toString("hex"),
  ]);
  await importing(fileOf([...GOOD, ...more]));
  const storage = await openStorage(data, LOG);
  // At every stage of it: some of them wait for a file to be read, some to be begun.
  for (let taken = 0; taken < 60; taken++) {
    const pieces = (await storage.snapshots.export("s"))[Symbol.asyncIterator]();
    for (let piece = 0; piece <= taken % 20; piece++) await pieces.next();
    await pieces.return?.();
  }
  await expect.poll(() => filesOpenIn(data)).toEqual([]);
  await storage.close();
});

test("a folder in place of a frame is not a frame, also in a snapshot", async () => {
  await importing(fileOf(GOOD));
  const storage = await openStorage(data, LOG);
  const frame = join(data, "snapshots", "s", frameKey(STORE, FRAME));
  await rm(frame);
  await mkdir(frame);
  await expect(storage.snapshots.stage("s", async () => {})).rejects.toMatchObject({
    code: "InvalidSnapshot",
    message: `snapshot s cannot be read: ${frameKey(STORE, FRAME)} of image set ${SET} is not a file`,
  });
  await storage.close();
});

test.each([
  ["nothing", async () => {}],
  ["a folder", async (path: string) => void (await mkdir(path, { recursive: true }))],
])("a snapshot of data with %s in the place of a frame is not saved", async (_, make) => {
  const storage = await openStorage(undefined, LOG);
  const state = new MemoryState();
  state.load([datastore, imageSet()]);
  await storage.generation.blobs.write(metadataKey(STORE, SET, 1), Buffer.from("{}"));
  await make(join(storage.generation.folder, frameKey(STORE, FRAME)));
  const generation = { ...storage.generation, state };
  const captured = storage.snapshots.capture(
    () => generation,
    async () => null,
  );
  await expect(captured).rejects.toMatchObject({
    code: "SnapshotConflict",
    message: expect.stringMatching(
      new RegExp(`^${frameKey(STORE, FRAME)} of image set ${SET} is missing: delete that image set`),
    ),
  });
  expect(await readdir(storage.spoolFolder)).toEqual([]);
  await storage.close();
});

test("tar reads the file of a snapshot, which names no system and no time", async () => {
  await importing(fileOf(GOOD));
  const storage = await openStorage(data, LOG);
  const file = await buffer(await storage.snapshots.export("s"));
  await storage.close();
  expect([...file.subarray(4, 10)]).toEqual([0, 0, 0, 0, 0, 255]);
  const tar = gunzipSync(file);
  expect(readTarHeader(tar.subarray(0, 512))?.name).toBe("snapshot.json");
  expect(tar.subarray(512, 1024).toString()).not.toContain("savedAt");
});

test("a name and a size are read from a tar header as they were written", () => {
  const name = fc.stringMatching(/^[a-z0-9/]{1,60}\/[a-z0-9]{1,90}$/);
  fc.assert(
    fc.property(name, fc.nat(8 ** 11 - 1), (given, byteLength) => {
      expect(readTarHeader(writeHeader({ name: given, byteLength }))).toEqual({ name: given, byteLength });
    }),
  );
});

test("a snapshot that was being replaced when the process was killed still exists", async () => {
  await importing(fileOf(GOOD));
  await rename(join(data, "snapshots/s"), join(data, "snapshots/.s.replaced"));
  const storage = await openStorage(data, LOG);
  await storage.snapshots.recover();
  expect(await storage.snapshots.list()).toMatchObject([{ name: "s" }]);
  await storage.close();
});

test("a snapshot leaves out what is deleted while it is saved", async () => {
  const storage = await openStorage(undefined, LOG);
  const { snapshots } = storage;
  const state = new MemoryState();
  const generation = { ...storage.generation, state };
  state.load([datastore, imageSet()]);
  await generation.blobs.write(metadataKey(STORE, SET, 1), Buffer.from("{}"));
  // The frame is gone already, as its documents say from the second look on.
  let looks = 0;
  const current = () => {
    looks += 1;
    if (looks === 2) {
      const gone = { ...version, imageSetState: "DELETED", imageSetWorkflowStatus: "DELETED" } as const;
      state.load([imageSet({ versions: [gone], frameIds: [], deletedAt: 3 })]);
    }
    return generation;
  };
  const captured = await snapshots.capture(current, async () => null);
  expect(captured.documents.flatMap(blobKeysOf)).toEqual([]);
  expect(captured.documents).toHaveLength(2);
  await storage.close();
});
