import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import type { MetadataDocument } from "../../src/domain/image-sets/metadata/metadata-document.ts";
import { openServer, type ServerSandbox } from "../clients.ts";
import { isJph } from "../jph-file.ts";
import { isJudgeThere, judge } from "../corpus/judge.ts";
import { until } from "../until.ts";

const run = promisify(execFile);
const isThere = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;
const isCliThere = isThere("aws", "--version");
const isBotoThere = isThere("python3", "-c", "import boto3");
if (!isCliThere) process.stderr.write("SKIPPED: the AWS CLI; install awscli\n");
if (!isBotoThere) process.stderr.write("SKIPPED: boto3; install python3-boto3\n");

let sandbox: ServerSandbox;
let folder: string;
beforeAll(async () => {
  sandbox = await openServer();
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-smoke-"));
  await mkdir(join(folder, "dicom", "ct"), { recursive: true });
  for (const { name, bytes } of createSampleSeries(2))
    await writeFile(join(folder, "dicom", "ct", name), bytes);
  await writeFile(join(folder, "dicom", "notes.txt"), "no DICOM");
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await sandbox[Symbol.asyncDispose]();
});

/** What the README tells a user to export. */
const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  AWS_ENDPOINT_URL: sandbox.emulator.url,
  AWS_DISABLE_HOST_PREFIX_INJECTION: "true",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_DEFAULT_REGION: "us-east-1",
  AWS_PAGER: "",
  AWS_EC2_METADATA_DISABLED: "true",
});

async function aws(...args: string[]): Promise<string> {
  const { stdout } = await run("aws", args, { env: environment(), cwd: folder });
  return stdout;
}

async function imaging<T>(...args: string[]): Promise<T> {
  const out = await aws("medical-imaging", ...args, "--output", "json");
  return JSON.parse(out) as T;
}

describe.skipIf(!isCliThere)("the AWS CLI", () => {
  let at: string[];
  let imageSet: string[];
  test("follows the README from a data store to a frame", async () => {
    const { datastoreId } = await imaging<{ datastoreId: string }>(
      "create-datastore",
      "--datastore-name",
      "demo",
    );
    at = ["--datastore-id", datastoreId];
    const status = async (): Promise<string> =>
      (await imaging<{ datastoreProperties: { datastoreStatus: string } }>("get-datastore", ...at))
        .datastoreProperties.datastoreStatus;
    await until(status, (now) => now === "ACTIVE");

    expect(await aws("s3", "mb", "s3://dicom-input")).toContain("make_bucket");
    await aws("s3", "cp", "--recursive", "./dicom", "s3://dicom-input/study1/");
    expect(
      (await aws("s3", "ls", "--recursive", "s3://dicom-input/study1/")).trim().split("\n"),
    ).toHaveLength(3);

    const role = ["--data-access-role-arn", "arn:aws:iam::123456789012:role/import"];
    const uris = [
      "--input-s3-uri",
      "s3://dicom-input/study1/",
      "--output-s3-uri",
      "s3://dicom-input/output/",
    ];
    const { jobId } = await imaging<{ jobId: string }>("start-dicom-import-job", ...at, ...uris, ...role);
    const job = async () =>
      (
        await imaging<{ jobProperties: { jobStatus: string; outputS3Uri: string } }>(
          "get-dicom-import-job",
          ...at,
          "--job-id",
          jobId,
        )
      ).jobProperties;
    const { outputS3Uri } = await until(job, ({ jobStatus }) => jobStatus === "COMPLETED");
    await aws("s3", "cp", `${outputS3Uri}FAILURE/failure.ndjson`, "failure.ndjson");
    expect(await readFile(join(folder, "failure.ndjson"), "utf8")).toContain(
      '"inputFile":"study1/notes.txt"',
    );

    const found = await imaging<{ imageSetsMetadataSummaries: { imageSetId: string }[] }>(
      "search-image-sets",
      ...at,
    );
    expect(found.imageSetsMetadataSummaries).toHaveLength(1);
    imageSet = [...at, "--image-set-id", found.imageSetsMetadataSummaries[0]?.imageSetId ?? ""];
    expect(await imaging("get-image-set", ...imageSet)).toMatchObject({
      imageSetState: "ACTIVE",
      versionId: "1",
    });
    await aws("medical-imaging", "get-image-set-metadata", ...imageSet, "metadata.json.gz");
    const metadata = JSON.parse(
      gunzipSync(await readFile(join(folder, "metadata.json.gz"))).toString(),
    ) as MetadataDocument;
    const [series] = Object.values(metadata.Study.Series);
    const frame = Object.values(series?.Instances ?? {})[0]?.ImageFrames[0];
    await aws(
      "medical-imaging",
      "get-image-frame",
      ...imageSet,
      "--image-frame-information",
      `imageFrameId=${frame?.ID}`,
      "frame.jph",
    );
    const file = await readFile(join(folder, "frame.jph"));
    expect(isJph(file)).toBe(true);
    if (isJudgeThere) {
      const { checksum } = await judge(file);
      expect(checksum).toBe(frame?.PixelDataChecksumFromBaseToFullResolution.at(-1)?.Checksum);
    }
  });

  test("lists, tags and deletes what it made", async () => {
    const jobs = await imaging<{ jobSummaries: { jobStatus: string }[] }>("list-dicom-import-jobs", ...at);
    expect(jobs.jobSummaries).toMatchObject([{ jobStatus: "COMPLETED" }]);
    const listed = await imaging<{ datastoreSummaries: unknown[] }>("list-datastores", "--page-size", "1");
    expect(listed.datastoreSummaries).toHaveLength(1);
    const versions = await imaging<{ imageSetPropertiesList: unknown[] }>(
      "list-image-set-versions",
      ...imageSet,
    );
    expect(versions.imageSetPropertiesList).toMatchObject([{ versionId: "1" }]);

    const { imageSetArn } = await imaging<{ imageSetArn: string }>("get-image-set", ...imageSet);
    const resource = ["--resource-arn", imageSetArn];
    const tags = async () =>
      (await imaging<{ tags: Record<string, string> }>("list-tags-for-resource", ...resource)).tags;
    await aws("medical-imaging", "tag-resource", ...resource, "--tags", "Deployment=Development,Team=CT");
    expect(await tags()).toEqual({ Deployment: "Development", Team: "CT" });
    await aws("medical-imaging", "untag-resource", ...resource, "--tag-keys", "Deployment", "Team");
    expect(await tags()).toEqual({});

    expect(await imaging("delete-image-set", ...imageSet)).toMatchObject({ imageSetState: "LOCKED" });
    const state = async () =>
      (await imaging<{ imageSetState: string }>("get-image-set", ...imageSet)).imageSetState;
    await until(state, (now) => now === "DELETED");
    expect(await imaging("delete-datastore", ...at)).toMatchObject({ datastoreStatus: "DELETING" });
  });

  test("shows an error with its name and message", async () => {
    const failure = await aws("medical-imaging", "get-datastore", "--datastore-id", "nonsense").catch(
      (error: { stderr: string }) => error.stderr,
    );
    expect(failure).toContain(
      "An error occurred (ValidationException) when calling the GetDatastore operation: 1 validation error detected",
    );
  });
});

const BOTO = `
import gzip, json, sys, time, boto3
from botocore.config import Config
endpoint, source = sys.argv[1:]
kw = dict(endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
ahi = boto3.client("medical-imaging", config=Config(inject_host_prefix=False), **kw)
s3 = boto3.client("s3", **kw)
ds = ahi.create_datastore(datastoreName="boto")["datastoreId"]
# Real time: the emulator is another process, with a clock of its own.
while ahi.get_datastore(datastoreId=ds)["datastoreProperties"]["datastoreStatus"] != "ACTIVE": time.sleep(0.05)
s3.create_bucket(Bucket="boto-input")
s3.upload_file(source, "boto-input", "in/slice.dcm")
job = ahi.start_dicom_import_job(datastoreId=ds, dataAccessRoleArn="arn:aws:iam::123456789012:role/import",
  inputS3Uri="s3://boto-input/in", outputS3Uri="s3://boto-input/out/")["jobId"]
while True:
  properties = ahi.get_dicom_import_job(datastoreId=ds, jobId=job)["jobProperties"]
  if properties["jobStatus"] in ("COMPLETED", "FAILED"): break
  time.sleep(0.05)
pages = ahi.get_paginator("search_image_sets").paginate(datastoreId=ds,
  searchCriteria={"filters": [{"operator": "EQUAL", "values": [{"DICOMPatientId": "PHANTOM-1"}]}]})
found = [s for page in pages for s in page["imageSetsMetadataSummaries"]]
at = dict(datastoreId=ds, imageSetId=found[0]["imageSetId"])
answer = ahi.get_image_set_metadata(**at)
metadata = json.loads(gzip.decompress(answer["imageSetMetadataBlob"].read()))
instance = next(iter(next(iter(metadata["Study"]["Series"].values()))["Instances"].values()))
frame = ahi.get_image_frame(imageFrameInformation={"imageFrameId": instance["ImageFrames"][0]["ID"]}, **at)
try: ahi.get_image_set(datastoreId=ds, imageSetId="0" * 32)
except ahi.exceptions.ResourceNotFoundException as e: missing = e.response["Error"]["Code"]
print(json.dumps(dict(status=properties["jobStatus"], found=len(found), version=found[0]["version"],
  created=found[0]["createdAt"].timestamp(), types=[answer["contentType"], answer["contentEncoding"], frame["contentType"]],
  first=frame["imageFrameBlob"].read()[4:8].decode(), missing=missing)))
`;

test.skipIf(!isBotoThere)("boto3 goes from a data store to a frame", async () => {
  const source = join(folder, "dicom", "ct", "slice-001.dcm");
  const { stdout } = await run("python3", ["-c", BOTO, sandbox.emulator.url, source], {
    env: { ...process.env, AWS_EC2_METADATA_DISABLED: "true" },
  });
  expect(JSON.parse(stdout)).toEqual({
    status: "COMPLETED",
    found: 1,
    version: 1,
    created: expect.any(Number),
    types: ["application/json", "gzip", "application/octet-stream"],
    first: "jP  ",
    missing: "ResourceNotFoundException",
  });
});
