import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { createActiveDatastore, openServer } from "../../clients.ts";
import { importStudy } from "./studies.ts";

const isBotoThere = spawnSync("python3", ["-c", "import boto3"]).status === 0;
if (!isBotoThere) process.stderr.write("SKIPPED: includeStudyImageSets of boto3; install python3-boto3\n");

const PROGRAM = `
import json, sys, time
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
endpoint, store, *image_sets = sys.argv[1:]
config = Config(inject_host_prefix=False, retries={"max_attempts": 0})
keys = dict(region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
imaging = boto3.client("medical-imaging", endpoint_url=endpoint, config=config, **keys)
def get(image_set):
    return imaging.get_image_set(datastoreId=store, imageSetId=image_set)
def settled(image_set):
    while get(image_set)["imageSetState"] == "LOCKED":
        time.sleep(0.02)  # Real time: the emulator is another process.
    found = get(image_set)
    return [found["versionId"], found["imageSetWorkflowStatus"], found["isPrimary"]]
def update(updates):
    return imaging.update_image_set_metadata(
        datastoreId=store, imageSetId=image_sets[0], latestVersionId="1",
        includeStudyImageSets=True, updateImageSetMetadataUpdates=updates)
try:
    update({"revertToVersionId": "1"})
except ClientError as error:
    refused = error.response["Error"]
payload = json.dumps({"SchemaVersion": 1.1, "Patient": {"DICOM": {"PatientSex": "O"}}}).encode()
answer = update({"DICOMUpdates": {"updatableAttributes": payload}})
sibling = get(image_sets[1])["imageSetWorkflowStatus"]
print(json.dumps({
    "refused": [refused["Code"], refused["Message"]],
    "answer": [answer["latestVersionId"], answer["imageSetWorkflowStatus"]],
    "sibling": sibling,
    "after": [settled(each) for each in image_sets],
}))
`;

test.skipIf(!isBotoThere)("boto3 updates the primary image sets of a study with its own input", async () => {
  const durations = { imageSetUpdatingMs: 2_000 };
  await using sandbox = await openServer({ serviceRelease: "2026-06", durations });
  const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
  const primaries = await importStudy(sandbox, datastoreId, "study", { series: 3 });
  const { stdout } = await promisify(execFile)(
    "python3",
    ["-c", PROGRAM, sandbox.emulator.url, datastoreId, ...primaries],
    { env: { ...process.env, AWS_EC2_METADATA_DISABLED: "true" } },
  );
  expect(JSON.parse(stdout)).toEqual({
    refused: ["ValidationException", "includeStudyImageSets is not supported with revertToVersionId"],
    answer: ["2", "UPDATING"],
    sibling: "UPDATING_FOR_STUDY_CONSISTENCY",
    after: primaries.map(() => ["2", "UPDATED", true]),
  });
});
