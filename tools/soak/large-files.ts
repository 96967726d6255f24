import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pixelDataOf } from "../../src/imaging/dicom/frames/frames.ts";
import { parsePart10 } from "../../src/imaging/dicom/part10/part10.ts";
import { createActive } from "../../test/crash/client.ts";
import { startServer } from "../../test/crash/server.ts";
import { ownCorpus, pathIn } from "../../test/corpus/corpus.ts";
import { dicomFile, imageElements, instanceElements } from "../../test/imaging/dicom/write-dicom.ts";
import { Target } from "./bombs/target.ts";
import { figuresOf } from "./process-figures.ts";

/** OB of undefined length, and an empty Basic Offset Table (PS3.5 A.4). */
const PIXEL_DATA_HEADER = new Uint8Array(Buffer.from("e07f10004f420000fffffffffeff00e000000000", "hex"));
const GIBIBYTE = 2 ** 30;
const MEMORY = { setting: "5GiB", bytes: 5 * GIBIBYTE };
/** Of the process beside the files and frames of imports. */
const BESIDE_BYTES = GIBIBYTE;

/** Bytes at positions of a file of zeros, which takes no space on the disk. */
interface SparseFile {
  readonly byteLength: number;
  readonly parts: readonly (readonly [position: number, bytes: Uint8Array])[];
}

interface LargeImport {
  readonly name: string;
  readonly file: SparseFile;
  readonly expected: RegExp;
}

const IMPORTS: readonly LargeImport[] = [
  {
    name: "4 GiB and an element more",
    file: { byteLength: 4 * GIBIBYTE + 4096, parts: [[0, dicomFile(instanceElements())]] },
    expected: /^COMPLETED, 1 imported$/,
  },
  {
    name: "four JPEG frames, the last one beyond 4 GiB",
    file: largeFragments(4, 1.2 * GIBIBYTE),
    expected: /^COMPLETED, 1 imported$/,
  },
  {
    name: "more than the memory of imports",
    file: { byteLength: 6 * GIBIBYTE, parts: [[0, dicomFile(instanceElements())]] },
    expected:
      /^COMPLETED, 0 imported; The file needs 6144 MiB to import, and imports have 5120 MiB: raise --import-memory$/,
  },
  {
    name: "10 GiB and a byte",
    file: { byteLength: 10 * GIBIBYTE + 1, parts: [] },
    expected: /^COMPLETED, 0 imported; The file has 10737418241 bytes, at most 10737418240 are allowed$/,
  },
];

/** How many there are. */
export const ALL_LARGE_FILES = IMPORTS.length;

/** Imports files of more than 4 GiB, which `2026-06` takes, and watches the memory of the process. */
export async function soakLargeFiles(count: number): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-large-"));
  const data = join(folder, "data");
  const flags = ["--service-release", "2026-06", "--import-memory", MEMORY.setting];
  const server = await startServer(data, ...flags);
  let isWell = true;
  try {
    const target = new Target(server, data, await createActive(server.url, "large"));
    const quotas = { "Maximum size of all files in a DICOM import job": { value: 20, force: true } };
    await target.control.limits.set({ quotas });
    for (const { name, file, expected } of IMPORTS.slice(0, count)) {
      const begin = performance.now();
      await writeSparse(target.folder("large"), file);
      const answered = await target.importFolder("large");
      const { peakBytes } = figuresOf(server.pid);
      const isFine = expected.test(answered) && peakBytes < MEMORY.bytes + BESIDE_BYTES;
      isWell &&= isFine;
      const seconds = ((performance.now() - begin) / 1000).toFixed(1);
      const peak = (peakBytes / GIBIBYTE).toFixed(2);
      process.stdout.write(
        `  ${name}: ${seconds} s, peak ${peak} GiB so far${isFine ? "" : `; got ${answered}`}\n`,
      );
    }
    target.close();
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
  process.stdout.write(
    `large files: ${Math.min(count, ALL_LARGE_FILES)}, ${isWell ? "all" : "not all"} well\n`,
  );
  return isWell;
}

async function writeSparse(folder: string, { byteLength, parts }: SparseFile): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = await open(join(folder, "1.dcm"), "w");
  try {
    await file.truncate(byteLength);
    for (const [position, bytes] of parts) await file.write(bytes, 0, bytes.length, position);
  } finally {
    await file.close();
  }
}

/** JPEG frames whose fragments end with very much padding. */
function largeFragments(count: number, byteLength: number): SparseFile {
  const even = Math.floor(byteLength / 2) * 2;
  const jpeg = frameOf("jpeg-baseline/mono2-quality-50.dcm");
  const image = imageElements({ rows: 32, columns: 40, numberOfFrames: count, pixelData: new Uint8Array(0) });
  const head = dicomFile(instanceElements(...image.filter(({ tag }) => tag !== "7FE00010")), {
    transferSyntaxUID: "1.2.840.10008.1.2.4.50",
    tail: PIXEL_DATA_HEADER,
  });
  const parts: [number, Uint8Array][] = [[0, head]];
  let at = head.length;
  for (let index = 0; index < count; index += 1) {
    const item = Buffer.from("feff00e000000000", "hex");
    item.writeUInt32LE(even, 4);
    parts.push([at, Buffer.concat([item, jpeg])]);
    at += item.length + even;
  }
  parts.push([at, Buffer.from("feffdde000000000", "hex")]);
  return { byteLength: at + 8, parts };
}

/** The first frame of a file. */
function frameOf(path: string): Uint8Array {
  const bytes = new Uint8Array(readFileSync(pathIn(ownCorpus, { path })));
  const [frame] = pixelDataOf(parsePart10(bytes))?.frames ?? [];
  if (frame === undefined) throw new Error(`${path} has no frame`);
  return frame;
}
