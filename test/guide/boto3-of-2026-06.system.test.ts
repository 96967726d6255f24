import { execFile, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { openRealCorpora, readFrom, type Corpus } from "../corpus/corpus.ts";
import { openServer } from "../clients.ts";
import { scaled } from "../setup/timeouts.ts";
import { sampleSeriesOf } from "../setup/sample-series-of.ts";

const isBotoThere = spawnSync("python3", ["-c", "import boto3"]).status === 0;
if (!isBotoThere) process.stderr.write("SKIPPED: release 2026-06 through boto3; install python3-boto3\n");

/** DICOM files of one study, as the script wants them. */
interface Study {
  readonly first: readonly Uint8Array[];
  readonly second: readonly Uint8Array[];
  readonly otherSeries: readonly Uint8Array[];
  /** Each is as long as what it replaces. */
  readonly replacements: Readonly<Record<"patientId" | "series", readonly [string, string]>>;
}

const replaceText = (bytes: Uint8Array, [from, to]: readonly [string, string]): Uint8Array =>
  Buffer.from(Buffer.from(bytes).toString("latin1").replaceAll(from, to), "latin1");

function sampleStudy(): Study {
  const bytesOf = (number: number) => sampleSeriesOf(number, 4).map(({ bytes }) => bytes);
  return {
    first: bytesOf(0).slice(0, 2),
    second: bytesOf(0).slice(2),
    otherSeries: bytesOf(1).slice(0, 2),
    replacements: { patientId: ["PHANTOM-1", "PHANTOM-2"], series: ["", ""] },
  };
}

/** An MR series of three real instances in three transfer syntaxes. */
function realStudy(corpus: Corpus): Study {
  const file = (path: string) => readFrom(corpus, { path });
  const series = "1.3.6.1.4.1.5962.1.3.4.1.20040826185059.5457";
  const first = [file("native/mr-small.dcm"), file("j2k/com-marker-with-item-tags-90.dcm")];
  const replacements = {
    patientId: ["4MR1", "4MR2"],
    series: [series, series.replace(".3.4.1.", ".3.4.2.")],
  } as const;
  return {
    first,
    second: [file("htj2k/mr-small-201-lrcp.dcm")],
    otherSeries: first.slice(0, 1).map((bytes) => replaceText(bytes, replacements.series)),
    replacements,
  };
}

async function writeStudy(folder: string, study: Study): Promise<void> {
  const { first, second, otherSeries, replacements } = study;
  const parts = {
    first,
    second,
    "other-patient": first.map((bytes) => replaceText(bytes, replacements.patientId)),
    "other-series": otherSeries,
  };
  for (const [part, files] of Object.entries(parts)) {
    await mkdir(join(folder, part));
    for (const [index, bytes] of files.entries()) await writeFile(join(folder, part, `${index}.dcm`), bytes);
  }
}

async function runScript(study: Study): Promise<Record<string, unknown>> {
  await using sandbox = await openServer({ serviceRelease: "2026-06" });
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-boto3-"));
  try {
    await writeStudy(folder, study);
    const script = join(import.meta.dirname, "service_of_2026_06.py");
    const { stdout } = await promisify(execFile)("python3", [script, sandbox.emulator.url, folder], {
      env: { ...process.env, AWS_EC2_METADATA_DISABLED: "true" },
    });
    return JSON.parse(stdout) as Record<string, unknown>;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const studies: readonly (readonly [name: string, make: () => Study])[] = [
  ["the sample study", sampleStudy],
  ...openRealCorpora().map((corpus) => ["a real study", () => realStudy(corpus)] as const),
];

describe.skipIf(!isBotoThere).each(studies)("through boto3, with %s,", (_, make) => {
  let seen: Record<string, unknown>;
  beforeAll(async () => {
    seen = await runScript(make());
  }, scaled(120_000));

  test("a series that is imported in two halves is one primary image set of version 2", () => {
    expect(seen["two_halves"]).toEqual({
      same: true,
      reported: [
        [1, true],
        [2, true],
      ],
      found: [[2, true]],
      versions: [
        ["2", "IMPORTED"],
        ["1", "CREATED"],
      ],
      grew: true,
      frames: true,
    });
  });

  test("the same files again change the version, updatedAt and nothing else that a reader sees", () => {
    expect(seen["again"]).toEqual({ same: true, version: "3", later: true, changed: [], found: 1 });
  });

  test("a second patient in a series makes an image set that is not primary", () => {
    expect(seen["second_patient"]).toEqual({
      states: [
        ["1", "CREATED", true],
        ["1", "CREATED", false],
      ],
      patients: 2,
      found: [true, true],
      together: [false, true],
    });
  });

  test("a revert to version 1 undoes the import of the second half", () => {
    expect(seen["revert"]).toEqual({
      state: ["3", "UPDATED", true],
      as_first: true,
      undone: true,
      readable_in_version_2: true,
    });
  });

  test("a copy of some instances holds these alone", () => {
    expect(seen["subset_copy"]).toEqual({
      state: ["1", "COPIED", false],
      holds: true,
      frames: true,
      source: ["1", "COPIED", true],
    });
  });

  test("a corrected copy is promoted once the primary image set is deleted, and imports grow it", () => {
    expect(seen["promote"]).toEqual({
      temporary: false,
      refused: "COPY_FAILED",
      state: ["1", "COPIED", true],
      description: "corrected",
      fresh: true,
      grown: [true, "2", "IMPORTED", true],
    });
  });

  test("an update of a study changes all its primary image sets, and no other", () => {
    expect(seen["study_update"]).toEqual({
      states: [
        ["2", "UPDATED", true],
        ["2", "UPDATED", true],
      ],
      descriptions: ["whole study", "whole study"],
      apart: [["1", "CREATED", false], false],
      with_revert: "ValidationException",
    });
  });

  test("the DICOM JSON of an import's configuration is merged into its metadata", () => {
    expect(seen["import_configuration"]).toEqual({
      echoed: true,
      failed: 0,
      described: "described",
      explained: "explained",
      instances: true,
    });
  });
});
