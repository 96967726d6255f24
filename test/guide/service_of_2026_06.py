"""What an import into a series, and the actions of release 2026-06, do to image sets: through boto3.

usage: service_of_2026_06.py ENDPOINT FOLDER
  FOLDER  DICOM files of one study: first/ and second/ of one series, other-patient/ of that series with another
          PatientID, other-series/ of another series

Each scenario has a data store of its own. What they saw goes to standard output as a JSON object by their names.
"""

import gzip
import hashlib
import json
import pathlib
import sys
import time
import traceback

import boto3
from botocore.config import Config

endpoint, folder = sys.argv[1:]
keys = dict(
    endpoint_url=endpoint,
    region_name="us-east-1",
    aws_access_key_id="test",
    aws_secret_access_key="test",
)
imaging = boto3.client("medical-imaging", config=Config(inject_host_prefix=False), **keys)
s3 = boto3.client("s3", **keys)
halves = ["first", "second"]


def wait(ask, *wanted):
    """Asks until the answer is one of those wanted; the caller's test has the time limit."""
    while (answer := ask()) not in wanted:
        time.sleep(0.02)  # Real time: the emulator is another process, with a clock of its own.
    return answer


class Store:
    """A data store with a bucket, both of one name."""

    def __init__(self, name):
        self.bucket = name
        self.id = imaging.create_datastore(datastoreName=name)["datastoreId"]
        status = lambda: imaging.get_datastore(datastoreId=self.id)["datastoreProperties"]["datastoreStatus"]
        wait(status, "ACTIVE")
        s3.create_bucket(Bucket=name)

    def load(self, *parts, others={}, **more):
        """Imports some parts of the folder in one job. @returns its properties, and the summary of its manifest"""
        prefix = "-".join(parts)
        for part in parts:
            for path in sorted(pathlib.Path(folder, part).iterdir()):
                s3.upload_file(str(path), self.bucket, f"{prefix}/{part}/{path.name}")
        for name, value in others.items():
            s3.put_object(Bucket=self.bucket, Key=f"{prefix}/{name}", Body=json.dumps(value).encode())
        job_id = imaging.start_dicom_import_job(
            datastoreId=self.id,
            dataAccessRoleArn="arn:aws:iam::123456789012:role/import",
            inputS3Uri=f"s3://{self.bucket}/{prefix}/",
            outputS3Uri=f"s3://{self.bucket}/output/",
            **more,
        )["jobId"]
        job = lambda: imaging.get_dicom_import_job(datastoreId=self.id, jobId=job_id)["jobProperties"]
        wait(lambda: job()["jobStatus"], "COMPLETED", "FAILED")
        bucket, key = job()["outputS3Uri"].removeprefix("s3://").split("/", 1)
        manifest = json.load(s3.get_object(Bucket=bucket, Key=f"{key}job-output-manifest.json")["Body"])
        return job(), manifest["jobSummary"]

    def load_one(self, *parts):
        """Imports parts that make one image set, or change one. @returns its id"""
        _, summary = self.load(*parts)
        [image_set] = summary["imageSetsSummary"]
        return image_set["imageSetId"]

    def get(self, image_set_id):
        wait(lambda: self._get(image_set_id)["imageSetState"], "ACTIVE", "DELETED")
        return self._get(image_set_id)

    def _get(self, image_set_id):
        answer = imaging.get_image_set(datastoreId=self.id, imageSetId=image_set_id)
        return {name: value for name, value in answer.items() if name != "ResponseMetadata"}

    def state(self, image_set_id):
        properties = self.get(image_set_id)
        return [properties[name] for name in ("versionId", "imageSetWorkflowStatus", "isPrimary")]

    def metadata(self, image_set_id, **version):
        answer = imaging.get_image_set_metadata(datastoreId=self.id, imageSetId=image_set_id, **version)
        return json.loads(gzip.decompress(answer["imageSetMetadataBlob"].read()))

    def instances(self, image_set_id, **version):
        all_series = self.metadata(image_set_id, **version)["Study"]["Series"].values()
        return {uid: instance for series in all_series for uid, instance in series["Instances"].items()}

    def versions(self, image_set_id):
        pages = imaging.get_paginator("list_image_set_versions").paginate(
            datastoreId=self.id, imageSetId=image_set_id
        )
        listed = [item for page in pages for item in page["imageSetPropertiesList"]]
        return [[item["versionId"], item["ImageSetWorkflowStatus"]] for item in listed]

    def search(self, **criteria):
        pages = imaging.get_paginator("search_image_sets").paginate(datastoreId=self.id, **criteria)
        return [found for page in pages for found in page["imageSetsMetadataSummaries"]]

    def search_primary(self, value):
        filters = [{"operator": "EQUAL", "values": [{"isPrimary": value}]}]
        return [found["imageSetId"] for found in self.search(searchCriteria={"filters": filters})]

    def frames(self, image_set_id):
        """Digests of the frames by id."""
        ids = [frame["ID"] for it in self.instances(image_set_id).values() for frame in it["ImageFrames"]]
        return {each: self.digest(image_set_id, each) for each in ids}

    def digest(self, image_set_id, frame_id):
        answer = imaging.get_image_frame(
            datastoreId=self.id,
            imageSetId=image_set_id,
            imageFrameInformation={"imageFrameId": frame_id},
        )
        return hashlib.sha256(answer["imageFrameBlob"].read()).hexdigest()

    def update(self, image_set_id, updates, **flags):
        imaging.update_image_set_metadata(
            datastoreId=self.id,
            imageSetId=image_set_id,
            latestVersionId=self.get(image_set_id)["versionId"],
            updateImageSetMetadataUpdates=updates,
            **flags,
        )
        return self.get(image_set_id)

    def copy(self, image_set_id, instances=None, **flags):
        """@returns the id of the copy"""
        source = {"latestVersionId": self.get(image_set_id)["versionId"]}
        if instances is not None:
            [series] = self.metadata(image_set_id)["Study"]["Series"]
            named = {series: {"Instances": {uid: {} for uid in instances}}}
            attributes = {"SchemaVersion": "1.1", "Study": {"Series": named}}
            source["DICOMCopies"] = {"copiableAttributes": json.dumps(attributes)}
        answer = imaging.copy_image_set(
            datastoreId=self.id,
            sourceImageSetId=image_set_id,
            copyImageSetInformation={"sourceImageSet": source},
            **flags,
        )
        self.get(image_set_id)
        return answer["destinationImageSetProperties"]["imageSetId"]

    def delete(self, image_set_id):
        imaging.delete_image_set(datastoreId=self.id, imageSetId=image_set_id)
        wait(lambda: self._get(image_set_id)["imageSetState"], "DELETED")


def refusal(call):
    """The name of the error that a call ends in; null for one that succeeds."""
    try:
        call()
    except imaging.exceptions.ClientError as error:
        return error.response["Error"]["Code"]


def text(description):
    return json.dumps({"SchemaVersion": 1.1, "Study": {"DICOM": {"StudyDescription": description}}})


def two_halves():
    store = Store("two-halves")
    imported = []
    for half in halves:
        _, summary = store.load(half)
        [image_set] = summary["imageSetsSummary"]
        imported.append(image_set)
    first, second = imported
    count = len(store.instances(first["imageSetId"], versionId="1"))
    return dict(
        same=first["imageSetId"] == second["imageSetId"],
        reported=[[each["imageSetVersion"], each["isPrimary"]] for each in imported],
        found=[[each["version"], each["isPrimary"]] for each in store.search()],
        versions=store.versions(first["imageSetId"]),
        grew=len(store.instances(first["imageSetId"])) > count > 0,
        frames=len(store.frames(first["imageSetId"])) > 0,
    )


def again():
    """The same files again: what a reader sees besides the version and updatedAt."""
    store = Store("again")
    image_set_id = [store.load_one(half) for half in halves][-1]

    def view():
        without = lambda members, *names: {k: str(v) for k, v in members.items() if k not in names}
        [found] = store.search()
        properties = store.get(image_set_id)
        return dict(
            metadata=store.metadata(image_set_id),
            frames=store.frames(image_set_id),
            properties=without(properties, "versionId", "updatedAt", "lastAccessedAt"),
            found=without(found, "version", "updatedAt", "lastAccessedAt"),
            tags=imaging.list_tags_for_resource(resourceArn=properties["imageSetArn"])["tags"],
        )

    arn = store.get(image_set_id)["imageSetArn"]
    imaging.tag_resource(resourceArn=arn, tags={"Kept": "yes"})
    before, updated_at = view(), store.get(image_set_id)["updatedAt"]
    again_id = store.load_one(*halves)
    after = view()
    return dict(
        same=again_id == image_set_id,
        version=store.get(image_set_id)["versionId"],
        later=store.get(image_set_id)["updatedAt"] > updated_at,
        changed=[name for name in before if before[name] != after[name]],
        found=len(store.search()),
    )


def second_patient():
    store = Store("second-patient")
    primary = store.load_one("first")
    other = store.load_one("other-patient")
    together = Store("patients-together")
    _, summary = together.load("first", "other-patient")
    return dict(
        states=[store.state(primary), store.state(other)],
        patients=len({store.metadata(each)["Patient"]["DICOM"]["PatientID"] for each in (primary, other)}),
        found=[store.search_primary(value) == [each] for value, each in ((True, primary), (False, other))],
        together=sorted(each["isPrimary"] for each in summary["imageSetsSummary"]),
    )


def revert():
    store = Store("revert")
    image_set_id = [store.load_one(half) for half in halves][-1]
    store.update(image_set_id, {"revertToVersionId": "1"})
    second_half = [it for it in store.instances(image_set_id, versionId="2").items()]
    left = store.instances(image_set_id)
    [gone, *_] = [it["ImageFrames"][0]["ID"] for uid, it in second_half if uid not in left]
    return dict(
        state=store.state(image_set_id),
        as_first=store.metadata(image_set_id) == store.metadata(image_set_id, versionId="1"),
        undone=len(second_half) > len(left),
        readable_in_version_2=len(store.digest(image_set_id, gone)) == 64,
    )


def subset_copy():
    store = Store("subset-copy")
    image_set_id = store.load_one("first")
    [chosen, *_] = store.instances(image_set_id)
    copied = store.copy(image_set_id, instances=[chosen])
    return dict(
        state=store.state(copied),
        holds=list(store.instances(copied)) == [chosen],
        frames=list(store.frames(copied).values())
        == [store.frames(image_set_id)[it["ID"]] for it in store.instances(image_set_id)[chosen]["ImageFrames"]],
        source=store.state(image_set_id),
    )


def promote():
    """The documented way to correct a primary image set: copy, update, delete the old one, promote."""
    store = Store("promote")
    primary = store.load_one("first")
    temporary = store.copy(primary)
    refused = store.get(store.copy(temporary, promoteToPrimary=True))
    store.update(temporary, {"DICOMUpdates": {"updatableAttributes": text("corrected")}})
    store.delete(primary)
    promoted = store.copy(temporary, promoteToPrimary=True)
    state = store.state(promoted)
    store.delete(temporary)
    grown = store.load_one("second")
    return dict(
        temporary=store.get(temporary)["isPrimary"],
        refused=refused["imageSetWorkflowStatus"],
        state=state,
        description=store.metadata(promoted)["Study"]["DICOM"]["StudyDescription"],
        fresh=promoted not in (primary, temporary),
        grown=[grown == promoted, *store.state(grown)],
    )


def study_update():
    store = Store("study-update")
    ids = [store.load_one("first"), store.load_one("other-series")]
    apart = store.load_one("other-patient")
    updates = {"DICOMUpdates": {"updatableAttributes": text("whole study")}}
    store.update(ids[0], updates, includeStudyImageSets=True)
    describe = lambda each: store.metadata(each)["Study"]["DICOM"].get("StudyDescription")
    states = [store.state(each) for each in ids]
    with_revert = lambda: store.update(ids[0], {"revertToVersionId": "1"}, includeStudyImageSets=True)
    return dict(
        states=states,
        descriptions=[describe(each) for each in ids],
        apart=[store.state(apart), describe(apart) == "whole study"],
        with_revert=refusal(with_revert),
    )


def import_configuration():
    store = Store("import-configuration")
    plain = store.metadata(store.load_one("first"))
    [series], study = plain["Study"]["Series"], plain["Study"]["DICOM"]["StudyInstanceUID"]
    mapped = Store("import-configuration-mapped")
    element = lambda value: {"vr": "LO", "Value": [value]}
    configuration = {
        "dicomJsonMetadataImportConfiguration": {
            "dicomMetadataMappings": [
                {"studyInstanceUID": study, "metadataFilePath": "study.json"},
                {"studyInstanceUID": study, "seriesInstanceUID": series, "metadataFilePath": "series.json"},
            ]
        }
    }
    uid = lambda value: {"vr": "UI", "Value": [value]}
    job, summary = mapped.load(
        "first",
        others={
            "study.json": [{"0020000D": uid(study), "00081030": element("described")}],
            "series.json": [
                {"0020000D": uid(study), "0020000E": uid(series), "0008103E": element("explained")}
            ],
        },
        importConfiguration=configuration,
    )
    [image_set] = summary["imageSetsSummary"]
    content = mapped.metadata(image_set["imageSetId"])["Study"]
    return dict(
        echoed=job["importConfiguration"] == configuration,
        failed=summary["numberOfFilesWithCustomerError"],
        described=content["DICOM"]["StudyDescription"],
        explained=content["Series"][series]["DICOM"]["SeriesDescription"],
        instances=list(content["Series"][series]["Instances"]) == list(plain["Study"]["Series"][series]["Instances"]),
    )


seen = {}
for scenario in (
    two_halves,
    again,
    second_patient,
    revert,
    subset_copy,
    promote,
    study_update,
    import_configuration,
):
    try:
        seen[scenario.__name__] = scenario()
    except Exception:
        seen[scenario.__name__] = traceback.format_exc()
print(json.dumps(seen))
