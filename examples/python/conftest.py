"""pytest fixtures for healthimaging-local. Copy this file beside your tests; it needs pytest and boto3.

Fixtures: medical_imaging and s3 (boto3 clients), healthimaging (everything under /_local of the emulator).
One emulator serves a session. It is reset after each test that uses one of the fixtures. With pytest-xdist each
worker has an emulator of its own.

Environment variables:
  HEALTHIMAGING_LOCAL_COMMAND   starts the emulator, by default "npx --no-install healthimaging-local". In a clone:
                                "node /path/to/healthimaging-local/dist/cli.js". A container; {port} is a free port:
                                "docker run --rm -p 127.0.0.1:{port}:4464 healthimaging-local"
  HEALTHIMAGING_LOCAL_ENDPOINT  an emulator that is running already. None is started, and a reset takes only what
                                belongs to the account of this worker: 000000000001, with xdist 000000000002 ...
"""

import collections
import json
import os
import pathlib
import shlex
import signal
import socket
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request

import boto3
import pytest
from botocore.config import Config

COMMAND = os.environ.get("HEALTHIMAGING_LOCAL_COMMAND", "npx --no-install healthimaging-local")
ENDPOINT = os.environ.get("HEALTHIMAGING_LOCAL_ENDPOINT")
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
# An access key of twelve digits is an account of its own.
ACCOUNT = f"{WORKER + 1:012d}"
LOG_LINES_SHOWN = 50


class Emulator:
    """A running emulator. `url` is the endpoint of every client."""

    def __init__(self, url, log=()):
        self.url = url
        self.log = log

    def call(self, method, route, body=None, **query):
        """Calls a route of /_local and returns its JSON: call("POST", "clock", {"action": "freeze"})."""
        address = f"{self.url}/_local/{route}?{urllib.parse.urlencode(query)}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(address, data, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return json.loads(answer.read() or "null")
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} /_local/{route}: {error.code} {error.read().decode()}") from error

    def reset(self):
        return self.call("POST", "reset", {"account": ACCOUNT} if ENDPOINT else {"buckets": True})

    def wait(self, resource, *status):
        """Waits until a resource has a status: wait(f"datastore/{id}", "ACTIVE")."""
        return self.call("GET", "wait", resource=resource, status=",".join(status), timeout="5m")

    def client(self, service):
        """A boto3 client. Without the Config, boto3 looks for a host of the name runtime-127.0.0.1."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="test",
            config=Config(inject_host_prefix=False, s3={"addressing_style": "path"}),
        )

    def import_folder(self, folder, datastore_name="imported"):
        """Imports a folder of DICOM files into a new data store. Returns its ID and the image sets in it."""
        files = [path for path in pathlib.Path(folder).rglob("*") if path.is_file()]
        if not files:
            raise FileNotFoundError(f"{pathlib.Path(folder).absolute()} has no files: name a folder of DICOM files")
        imaging, s3, bucket = self.client("medical-imaging"), self.client("s3"), f"import-{ACCOUNT}"
        datastore = imaging.create_datastore(datastoreName=datastore_name)["datastoreId"]
        self.wait(f"datastore/{datastore}", "ACTIVE")
        s3.create_bucket(Bucket=bucket)
        for file in files:
            s3.upload_file(str(file), bucket, f"{datastore}/{file.relative_to(folder).as_posix()}")
        job = imaging.start_dicom_import_job(
            datastoreId=datastore,
            inputS3Uri=f"s3://{bucket}/{datastore}/",
            outputS3Uri=f"s3://{bucket}/output/",
            dataAccessRoleArn=f"arn:aws:iam::{ACCOUNT}:role/import",
        )["jobId"]
        self.wait(f"importJob/{job}", "COMPLETED")
        pages = imaging.get_paginator("search_image_sets").paginate(datastoreId=datastore)
        return datastore, [found for page in pages for found in page["imageSetsMetadataSummaries"]]


def _start():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = shlex.split(COMMAND.replace("{port}", str(port)))
    if "{port}" not in COMMAND:
        words += ["--port", "0"]
    if "--throttling" not in words:
        words += ["--throttling", "off"]
    # A group of processes, since npx does not pass a signal on.
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "start_new_session": True}
    try:
        process = subprocess.Popen(words, **options)
    except OSError as error:
        pytest.exit(f"HEALTHIMAGING_LOCAL_COMMAND cannot be run: {error}", returncode=3)
    log = collections.deque(maxlen=1000)
    for line in process.stdout:
        log.append(line)
        if line.startswith("READY "):
            # The READY of a container names its own port.
            url = f"http://127.0.0.1:{port}" if "{port}" in COMMAND else line.split()[1]
            threading.Thread(target=log.extend, args=(process.stdout,), daemon=True).start()
            return process, Emulator(url, log)
    pytest.exit(f"the emulator does not start: {shlex.join(words)}\n{''.join(log)}", returncode=3)


@pytest.fixture(scope="session")
def healthimaging_server():
    if ENDPOINT:
        emulator = Emulator(ENDPOINT.rstrip("/"))
        try:
            emulator.call("GET", "health")
        except (OSError, RuntimeError, ValueError) as error:
            pytest.exit(
                f"no emulator answers at HEALTHIMAGING_LOCAL_ENDPOINT={ENDPOINT} ({error}): "
                "start it, or unset the variable and the fixture starts one",
                returncode=3,
            )
        yield emulator
        return
    process, emulator = _start()
    yield emulator
    os.killpg(process.pid, signal.SIGTERM)
    process.wait()


@pytest.fixture
def healthimaging(healthimaging_server):
    yield healthimaging_server
    healthimaging_server.reset()


@pytest.fixture
def medical_imaging(healthimaging):
    return healthimaging.client("medical-imaging")


@pytest.fixture
def s3(healthimaging):
    return healthimaging.client("s3")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """Shows the log of the emulator with a test that fails."""
    outcome = yield
    report = outcome.get_result()
    emulator = getattr(item, "funcargs", {}).get("healthimaging")
    if report.failed and emulator is not None and emulator.log:
        lines = list(emulator.log)[-LOG_LINES_SHOWN:]
        report.sections.append(("log of healthimaging-local", "".join(lines)))
