import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { MedicalImagingClient, SearchImageSetsCommand } from "@aws-sdk/client-medical-imaging";
import { S3Client } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EmulatorClock } from "../../src/domain/time/emulator-clock.ts";
import { systemClock } from "../../src/domain/time/system-clock.ts";
import {
  createEmulator,
  type ComposeOptions,
  type Emulator,
  type ImportJobStatus,
  type ResourceName,
} from "../../src/index.ts";
import { lookAtAccount, lookAtBuckets } from "./seen.ts";

/** How they were made: tools/fixtures-0.1.0. */
const FIXTURES = resolve(import.meta.dirname, "../fixtures/0.1.0");

let parent: string;
const said: string[] = [];
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  said.length = 0;
});
afterEach(() => rm(parent, { recursive: true }));

/** @returns the data folder */
function unpack(name: string): string {
  execFileSync("tar", ["-C", parent, "-xzf", join(FIXTURES, `${name}.tar.gz`)]);
  return join(parent, name);
}

interface Told {
  /** When the folder was left: 90 days later its import jobs are archived. */
  readonly now: string;
}

const told = async <T extends Told>(name: string): Promise<T> =>
  JSON.parse(await readFile(join(FIXTURES, `${name}.json`), "utf8"), asToldNow) as T;

/** 0.1.0 showed `updatedAt` for a version 1 that is COPIED; as in the guide, it is not shown since. */
function asToldNow(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (!("versionId" in value && "ImageSetWorkflowStatus" in value)) return value;
  const { versionId, ImageSetWorkflowStatus } = value;
  if (versionId !== "1" || ImageSetWorkflowStatus !== "COPIED" || "imageSetArn" in value) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== "updatedAt"));
}

function open({ now }: Told, options: ComposeOptions): Promise<Emulator> {
  const offsetMs = Date.parse(now) - Date.now();
  const real = { ...systemClock, now: () => Date.now() + offsetMs };
  const error = (message: string): void => void said.push(message);
  const log = { info: () => {}, warn: () => {}, error };
  return createEmulator({ clock: new EmulatorClock(real), log, ...options });
}

function clientsOf({ requestHandler }: Emulator, accessKeyId = "test") {
  const config = {
    region: "us-east-1",
    credentials: { accessKeyId, secretAccessKey: "test" },
    requestHandler,
  };
  return {
    medicalImaging: new MedicalImagingClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
  };
}

interface AtRest extends Told {
  readonly deleted?: Readonly<Record<string, readonly string[]>>;
  readonly accounts: Readonly<Record<string, unknown>>;
  readonly buckets: unknown;
  readonly snapshots?: unknown;
}

async function lookAtAll(emulator: Emulator, { accounts, deleted }: AtRest): Promise<unknown> {
  const seen: Record<string, unknown> = {};
  for (const account of Object.keys(accounts)) {
    const gone = account === "000000000000" ? deleted : {};
    seen[account] = await lookAtAccount(clientsOf(emulator, account).medicalImaging, gone);
  }
  return seen;
}

describe("a data folder of 0.1.0", () => {
  test.each(["states", "resets"])("is read completely: %s", async (name) => {
    const expected = await told<AtRest>(name);
    const data = unpack(name);
    // Twice: what the first start changes in it is read by the second.
    for (let start = 1; start <= 2; start++) {
      await using emulator = await open(expected, { data });
      expect(await lookAtAll(emulator, expected)).toEqual(expected.accounts);
      expect(await lookAtBuckets(clientsOf(emulator).s3)).toEqual(expected.buckets);
      expect(await emulator.control.snapshots.list()).toEqual(expected.snapshots ?? []);
    }
    expect(said).toEqual([]);
  });

  test.each(["plain", "with-buckets"])("restores its snapshot %s", async (snapshot) => {
    const expected = await told<AtRest>("states");
    await using emulator = await open(expected, { data: unpack("states") });
    await emulator.reset({ buckets: true });
    await emulator.control.snapshots.restore(snapshot);
    expect(await lookAtAll(emulator, expected)).toEqual(expected.accounts);
    const buckets = snapshot === "plain" ? {} : expected.buckets;
    expect(await lookAtBuckets(clientsOf(emulator).s3)).toEqual(buckets);
    expect(said).toEqual([]);
  });

  interface UnderWay extends Told {
    readonly datastoreId: string;
    /** The status that each resource comes to. */
    readonly ends: Readonly<Record<ResourceName, ImportJobStatus>>;
    readonly imageSetCount: number;
    readonly instanceCount?: number;
  }

  test.each(["under-way", "killed"])("continues its work: %s", async (name) => {
    const { ends, datastoreId, imageSetCount, instanceCount, ...rest } = await told<UnderWay>(name);
    await using emulator = await open(rest, { data: unpack(name) });
    await emulator.control.clock.freeze();
    await emulator.control.clock.advance("2h");
    for (const [resource, status] of Object.entries(ends))
      await emulator.control.wait(resource as ResourceName, { status, timeout: "50s", autoAdvance: true });
    const { medicalImaging } = clientsOf(emulator);
    const { imageSetsMetadataSummaries: found = [] } = await medicalImaging.send(
      new SearchImageSetsCommand({ datastoreId }),
    );
    expect(found).toHaveLength(imageSetCount);
    if (instanceCount !== undefined)
      expect(found[0]?.DICOMTags?.DICOMNumberOfStudyRelatedInstances).toBe(instanceCount);
    // Metadata and frames of every one.
    await lookAtAccount(medicalImaging);
    expect(said).toEqual([]);
  });
});

describe("a snapshot's file of 0.1.0", () => {
  test.each(["plain", "with-buckets"])("can be a seed: %s", async (name) => {
    const expected = await told<AtRest>("states");
    const seed = join(FIXTURES, `${name}.snapshot.tar.gz`);
    await using emulator = await open(expected, { seed });
    expect(await lookAtAll(emulator, expected)).toEqual(expected.accounts);
    expect(await lookAtBuckets(clientsOf(emulator).s3)).toEqual(name === "plain" ? {} : expected.buckets);
  });

  test("is imported and restored", async () => {
    const expected = await told<AtRest>("states");
    await using emulator = await open(expected, {});
    const file = await readFile(join(FIXTURES, "plain.snapshot.tar.gz"));
    await emulator.control.snapshots.import("of-0.1.0", file);
    await emulator.control.snapshots.restore("of-0.1.0");
    expect(await lookAtAll(emulator, expected)).toEqual(expected.accounts);
  });
});
