import { execFile, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { deflateRawSync } from "node:zlib";
import { StartDICOMImportJobCommand } from "@aws-sdk/client-medical-imaging";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUCKET, createActive, endOfJob, openClients } from "../../crash/client.ts";
import {
  dicomFile,
  element,
  encapsulatedPixelData,
  imageElements,
  instanceElements,
} from "../../imaging/dicom/write-dicom.ts";
import { ENTRY } from "../../entry.ts";
import { MALLOC_SETTINGS } from "../../setup/malloc-settings.ts";
import { scaled } from "../../setup/timeouts.ts";
import { blankFrame } from "../blank-frame.ts";
import { withPrivateElements } from "../private-elements.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const BASE = /^ARG BASE_IMAGE=(.+)$/m.exec(await readFile(join(ROOT, "Dockerfile"), "utf8"))?.[1] ?? "";
const isBaseThere = spawnSync("docker", ["image", "inspect", BASE]).status === 0;
if (!isBaseThere) process.stderr.write(`SKIPPED: memory of imports; start Docker, with the image ${BASE}\n`);

const docker = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)("docker", args)).stdout.trim();

const GIBIBYTE = 2 ** 30;

/** Its file has a thousandth of its bytes. */
function deflatedFile(rows: number, columns: number): Uint8Array {
  const uid = "1.2.840.10008.1.2.1.99";
  const image = imageElements({ rows, columns, pixelData: new Uint8Array(rows * columns) });
  const elements = instanceElements(element("00080018", "UI", "1.2.3.4.3.90"), ...image);
  const whole = Buffer.from(dicomFile(elements, { transferSyntaxUID: uid }));
  const start = whole.indexOf(uid) + uid.length + (uid.length % 2);
  return Buffer.concat([whole.subarray(0, start), deflateRawSync(whole.subarray(start))]);
}

/** JPEG Baseline of grey blocks, two bits each: the only DC and AC codes are one bit long, for "no difference". */
function blankJpeg(side: number): Uint8Array {
  const segment = (marker: number, ...bytes: readonly number[]): number[] => {
    const length = bytes.length + 2;
    return [0xff, marker, length >> 8, length & 0xff, ...bytes];
  };
  const huffman = (table: number): number[] => segment(0xc4, table, 1, ...Array<number>(15).fill(0), 0);
  const [high, low] = [side >> 8, side & 0xff];
  const frame = Buffer.concat([
    Buffer.from([0xff, 0xd8, ...segment(0xdb, 0, ...Array<number>(64).fill(1))]),
    Buffer.from(segment(0xc0, 8, high, low, high, low, 1, 1, 0x11, 0)),
    Buffer.from([...huffman(0x00), ...huffman(0x10), ...segment(0xda, 1, 1, 0, 0, 63, 0)]),
    Buffer.alloc(Math.ceil((side / 8) ** 2 / 4)),
    Buffer.from([0xff, 0xd9]),
  ]);
  const image = imageElements({ rows: side, columns: side, pixelData: new Uint8Array() });
  const elements = instanceElements(
    element("00080018", "UI", "1.2.3.4.3.91"),
    ...image.filter(({ tag }) => tag !== "7FE00010"),
    encapsulatedPixelData([frame]),
  );
  return dicomFile(elements, { transferSyntaxUID: "1.2.840.10008.1.2.4.50" });
}

/** Memory of the container's processes that is not the cache of files, in bytes. */
async function residentBytes(container: string): Promise<number> {
  const status = await docker("exec", container, "cat", "/proc/1/status");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
}

describe.skipIf(!isBaseThere)("imports in a container with 2 GiB of memory and two workers", () => {
  let data: string;
  let container: string;
  let url: string;
  let idleBytes: number;
  let datastoreId: string;

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), "healthimaging-local-memory-"));
    const limits = ["--memory", "2g", "--memory-swap", "2g", "--cpuset-cpus", "0,1"];
    const mounts = ["-v", `${ROOT}:${ROOT}:ro`, "-v", `${data}:/data`];
    const settings = Object.entries(MALLOC_SETTINGS).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
    const command = [
      "node",
      ENTRY,
      "serve",
      "--host",
      "0.0.0.0",
      "--port",
      "4464",
      "--data",
      "/data",
      "--throttling",
      "off",
    ];
    const published = ["-p", "127.0.0.1::4464"];
    container = await docker("run", "-d", ...limits, ...mounts, ...settings, ...published, BASE, ...command);
    url = `http://${await docker("port", container, "4464")}`;
    while (!(await docker("logs", container)).includes("READY"));
    datastoreId = await createActive(url, "memory");
    await importFiles("small", blankFrame(0, 512, 512), blankFrame(1, 512, 512));
    // Without workers: each ends when it has been idle for five seconds.
    while (!(await (await fetch(`${url}/_local/health`)).text()).includes("0 of 2 workers started"));
    idleBytes = await residentBytes(container);
  }, scaled(120_000));
  afterAll(async () => {
    await docker("rm", "-f", "-v", container);
    await rm(data, { recursive: true, force: true });
  });

  /** @returns the messages of the files that failed */
  async function importFiles(name: string, ...files: readonly Uint8Array[]): Promise<string[]> {
    const folder = join(data, "s3", BUCKET, name);
    await mkdir(folder, { recursive: true });
    for (const [index, bytes] of files.entries()) await writeFile(join(folder, `${index}.dcm`), bytes);
    const clients = openClients(url, datastoreId);
    const { jobId = "" } = await clients.medicalImaging.send(
      new StartDICOMImportJobCommand({
        datastoreId,
        dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
        inputS3Uri: `s3://${BUCKET}/${name}/`,
        outputS3Uri: `s3://${BUCKET}/out/`,
        clientToken: name,
      }),
    );
    expect(await endOfJob(clients, jobId)).toBe("COMPLETED");
    const Key = `out/${datastoreId}-DicomImport-${jobId}/FAILURE/failure.ndjson`;
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    const lines = ((await Body?.transformToString()) ?? "").split("\n").filter((line) => line !== "");
    return lines.map((line) => (JSON.parse(line) as Failure).exception.message);
  }

  async function expectMemoryBack(timesIdle: number): Promise<void> {
    const isBack = async (): Promise<number> => (await residentBytes(container)) / idleBytes;
    await expect.poll(isBack, { timeout: scaled(10_000), interval: 250 }).toBeLessThan(timesIdle);
  }

  test(
    "survive two frames of 1 GiB, whose failures name the setting",
    { timeout: scaled(120_000) },
    async () => {
      const [rows, columns] = [2 ** 15, 2 ** 15];
      const failures = await importFiles("bombs", blankFrame(2, rows, columns), blankFrame(3, rows, columns));
      expect(failures).toHaveLength(2);
      for (const message of failures)
        expect(message).toContain(`A frame of ${columns}x${rows}x1 samples needs up to ${4.5 * 1024} MiB`);
      expect(failures[0]).toContain("raise --import-memory");
      await expectMemoryBack(1.3);
    },
  );

  test(
    "take large frames one after the other where two have no room",
    { timeout: scaled(180_000) },
    async () => {
      const [rows, columns] = [2 ** 14, 12_288];
      expect((rows * columns * 4.5) / GIBIBYTE).toBeGreaterThan(0.5);
      const frames = [4, 5, 6].map((number) => blankFrame(number, rows, columns));
      expect(await importFiles("large", ...frames)).toEqual([]);
      await expectMemoryBack(1.3);
    },
  );

  test("survive metadata of 400,000 elements", { timeout: scaled(180_000) }, async () => {
    expect(
      await importFiles("elements", withPrivateElements(400_000), withPrivateElements(1_500_000)),
    ).toEqual([
      expect.stringContaining(
        "DICOM data set has more than 524288 elements and items, which do not fit in memory",
      ),
    ]);
    await expectMemoryBack(1.3);
  });

  test("survive a deflated data set of 64 million zeros", { timeout: scaled(120_000) }, async () => {
    expect(await importFiles("deflated", deflatedFile(8_000, 8_000))).toEqual([]);
    await expectMemoryBack(1.3);
  });

  test("survive a JPEG of 9,600 pixels a side in 360 KB", { timeout: scaled(120_000) }, async () => {
    expect(await importFiles("jpeg", blankJpeg(9_600))).toEqual([]);
    await expectMemoryBack(1.3);
  });
});

interface Failure {
  readonly exception: { readonly message: string };
}
