"""What the developer guide's code examples and scenarios do, through boto3.

usage: guide_examples.py ENDPOINT SLICES
  SLICES  a folder with three DICOM files of one series

Frames are written beside the slices; a summary goes to standard output as JSON.
"""

import datetime
import gzip
import json
import pathlib
import sys
import time

import boto3
from botocore.config import Config

endpoint, slices = sys.argv[1:]
keys = dict(
    endpoint_url=endpoint,
    region_name="us-east-1",
    aws_access_key_id="test",
    aws_secret_access_key="test",
)
imaging = boto3.client("medical-imaging", config=Config(inject_host_prefix=False), **keys)
s3 = boto3.client("s3", **keys)
folder = pathlib.Path(slices)


def wait(ask, *wanted):
    """Asks until the answer is one of those wanted; the caller's test has the time limit."""
    while (answer := ask()) not in wanted:
        time.sleep(0.02)  # Real time: the emulator is another process, with a clock of its own.
    return answer


def datastore_status():
    return imaging.get_datastore(datastoreId=datastore_id)["datastoreProperties"]["datastoreStatus"]


def import_slices(name, numbers):
    s3.create_bucket(Bucket=name)
    for number in numbers:
        file = f"slice-{number:03}.dcm"
        s3.upload_file(str(folder / file), name, f"input/{file}")
    job_id = imaging.start_dicom_import_job(
        jobName=name,
        datastoreId=datastore_id,
        dataAccessRoleArn="arn:aws:iam::123456789012:role/import",
        inputS3Uri=f"s3://{name}/input/",
        outputS3Uri=f"s3://{name}/output/",
    )["jobId"]
    job = lambda: imaging.get_dicom_import_job(datastoreId=datastore_id, jobId=job_id)["jobProperties"]
    assert wait(lambda: job()["jobStatus"], "COMPLETED", "FAILED") == "COMPLETED"
    bucket, key = job()["outputS3Uri"].removeprefix("s3://").split("/", 1)
    manifest = json.load(s3.get_object(Bucket=bucket, Key=f"{key}job-output-manifest.json")["Body"])
    assert any(
        summary["jobId"] == job_id
        for page in imaging.get_paginator("list_dicom_import_jobs").paginate(datastoreId=datastore_id)
        for summary in page["jobSummaries"]
    )
    [image_set] = manifest["jobSummary"]["imageSetsSummary"]
    return dict(datastoreId=datastore_id, imageSetId=image_set["imageSetId"])


def search(filters, **more):
    pages = imaging.get_paginator("search_image_sets").paginate(
        datastoreId=datastore_id, searchCriteria={"filters": filters, **more}
    )
    return [found["imageSetId"] for page in pages for found in page["imageSetsMetadataSummaries"]]


def equal(**value):
    return {"operator": "EQUAL", "values": [value]}


def between(name, low, high):
    return {"operator": "BETWEEN", "values": [{name: low}, {name: high}]}


def metadata(at, **version):
    blob = imaging.get_image_set_metadata(**at, **version)["imageSetMetadataBlob"]
    return json.loads(gzip.decompress(b"".join(blob.iter_chunks())))


def active(at):
    wait(lambda: imaging.get_image_set(**at)["imageSetState"], "ACTIVE")
    answer = imaging.get_image_set(**at)
    return answer["versionId"], answer["imageSetWorkflowStatus"]


def tagging(arn):
    read = lambda: imaging.list_tags_for_resource(resourceArn=arn)["tags"]
    imaging.tag_resource(resourceArn=arn, tags={"Deployment": "Development"})
    tagged = read()
    imaging.untag_resource(resourceArn=arn, tagKeys=["Deployment"])
    return [tagged, read()]


def download_frames(at):
    frames = {}
    for series in metadata(at)["Study"]["Series"].values():
        for instance in series["Instances"].values():
            for frame in instance["ImageFrames"]:
                answer = imaging.get_image_frame(**at, imageFrameInformation={"imageFrameId": frame["ID"]})
                (folder / f"{frame['ID']}.jph").write_bytes(answer["imageFrameBlob"].read())
                levels = frame["PixelDataChecksumFromBaseToFullResolution"]
                frames[frame["ID"]] = max(levels, key=lambda level: level["Width"])["Checksum"]
    return frames


def update_examples():
    at = import_slices("boto-update", [1, 2])
    [(series, content)] = metadata(at)["Study"]["Series"].items()
    first, second = content["Instances"]

    def update(version, **updates):
        blobs = {name: json.dumps({"SchemaVersion": 1.1, "Study": value}) for name, value in updates.items()}
        answer = imaging.update_image_set_metadata(
            **at, latestVersionId=version, updateImageSetMetadataUpdates={"DICOMUpdates": blobs}
        )
        assert (answer["imageSetState"], answer["imageSetWorkflowStatus"]) == ("LOCKED", "UPDATING")
        return active(at)

    description = {"DICOM": {"StudyDescription": "CT CHEST"}}
    statuses = [
        update("1", updatableAttributes=description),
        update("2", removableAttributes=description),
        update("3", removableAttributes={"Series": {series: {"Instances": {first: {}}}}}),
    ]
    assert metadata(at, versionId="2")["Study"]["DICOM"]["StudyDescription"] == "CT CHEST"
    assert "StudyDescription" not in metadata(at, versionId="3")["Study"]["DICOM"]
    assert list(metadata(at)["Study"]["Series"][series]["Instances"]) == [second]
    return statuses


def copy_examples():
    source, target = import_slices("boto-source", [3]), import_slices("boto-target", [1, 2])

    def copy(**destination):
        answer = imaging.copy_image_set(
            datastoreId=datastore_id,
            sourceImageSetId=source["imageSetId"],
            copyImageSetInformation={"sourceImageSet": {"latestVersionId": "1"}, **destination},
        )
        made = answer["destinationImageSetProperties"]["imageSetId"]
        return active(dict(datastoreId=datastore_id, imageSetId=made)), active(source)

    fresh = copy()
    into = copy(destinationImageSet={"imageSetId": target["imageSetId"], "latestVersionId": "1"})
    return [fresh, into]


datastore_id = imaging.create_datastore(datastoreName="boto-guide")["datastoreId"]
wait(datastore_status, "ACTIVE")
at = import_slices("boto-read", [1, 2, 3])

now = datetime.datetime.now(datetime.timezone.utc)
start, end = now - datetime.timedelta(days=1000), now + datetime.timedelta(days=1)
time_of = lambda date: {"DICOMStudyDate": date, "DICOMStudyTime": "000000"}
summary = dict(
    searches=[
        len(search([equal(DICOMPatientId="PHANTOM-1")])),
        len(search([between("DICOMStudyDateAndTime", time_of("19900101"), time_of("20300101"))])),
        len(search([between("createdAt", start, end)])),
        len(
            search(
                [
                    between("updatedAt", start, end),
                    equal(DICOMSeriesInstanceUID="2.25.291834617234511289.1.1"),
                ],
                sort={"sortOrder": "ASC", "sortField": "updatedAt"},
            )
        ),
    ],
    sameMetadata=metadata(at) == metadata(at, versionId="1"),
    versions=[
        item["versionId"]
        for page in imaging.get_paginator("list_image_set_versions").paginate(**at)
        for item in page["imageSetPropertiesList"]
    ],
    datastores=[
        item["datastoreName"]
        for page in imaging.get_paginator("list_datastores").paginate(datastoreStatus="ACTIVE")
        for item in page["datastoreSummaries"]
    ],
    tags=[
        tagging(imaging.get_datastore(datastoreId=datastore_id)["datastoreProperties"]["datastoreArn"]),
        tagging(imaging.get_image_set(**at)["imageSetArn"]),
    ],
    frames=download_frames(at),
)
summary["updates"] = update_examples()
summary["copies"] = copy_examples()

for found in search([equal(DICOMPatientId="PHANTOM-1")]):
    imaging.delete_image_set(datastoreId=datastore_id, imageSetId=found)
wait(lambda: search([equal(DICOMPatientId="PHANTOM-1")]), [])
summary["deleted"] = imaging.get_image_set(**at)["imageSetState"]
try:
    imaging.get_image_set_metadata(**at)
except imaging.exceptions.ResourceNotFoundException as error:
    summary["error"] = error.response["ResponseMetadata"]["HTTPStatusCode"]
imaging.delete_datastore(datastoreId=datastore_id)
wait(datastore_status, "DELETED")
print(json.dumps(summary))
