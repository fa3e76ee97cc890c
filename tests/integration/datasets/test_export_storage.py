"""Exports to an S3 API over HTTP, as to a disk: whole or not at all, the same bytes, links."""

import contextlib
import datetime as dt
import hashlib
import uuid
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest
import time_machine

from labelapp.common import jobs
from labelapp.common.jobs import JobContext, JobLostError, JobState
from labelapp.common.storage import move_file, read_all, walk
from labelapp.datasets import building
from labelapp.datasets.models import Export
from labelapp.datasets.services import export_cancel, export_create
from labelapp.datasets.storage import export_storage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def s3(s3_address: str, settings, monkeypatch) -> None:
    """Exports lie in a bucket of the test's own."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_address)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    bucket = f"exports-{uuid.uuid4().hex}"
    boto3.client("s3").create_bucket(Bucket=bucket)
    settings.STORAGES = settings.STORAGES | {
        "exports": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {"bucket_name": bucket, "location": "exports", "file_overwrite": True},
        }
    }


@pytest.fixture(params=["disk", "s3"])
def anywhere(request) -> None:
    if request.param == "s3":
        request.getfixturevalue("s3")


def described(export: Export) -> list[tuple[str, str]]:
    return [(file["name"], file["sha256"]) for file in export.files]


def waiting(cast, **options: Any) -> Export:
    return export_create(
        actor=None, project=cast.project, clip_ids=None, layer="objects", source="gold",
        formats=["coco", "parquet"], send=False, **options,
    )  # fmt: skip


def test_s3_gets_the_same_bytes_as_a_disk_and_again_the_second_time(
    clip, do_export, request
) -> None:
    on_disk = do_export(formats=["coco", "webdataset"], include_images=True)
    request.getfixturevalue("s3")
    first = do_export(formats=["coco", "webdataset"], include_images=True)
    again = do_export(formats=["coco", "webdataset"], include_images=True)
    assert described(first) == described(on_disk) == described(again)
    for file in first.files:
        content = read_all(export_storage(), f"{first.files_prefix}/{file['name']}")
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["size"], file["sha256"])


def test_what_broke_off_while_it_was_stored_is_nowhere_to_be_seen(
    anywhere, clip, cast, ontology, monkeypatch, do_export
) -> None:
    stored = 0

    def dies(*args: Any) -> None:
        nonlocal stored
        stored += 1
        if stored == 2:
            raise KeyboardInterrupt
        move_file(*args)

    export = waiting(cast)
    with monkeypatch.context() as patched:
        patched.setattr(building, "move_file", dies)
        with pytest.raises(KeyboardInterrupt):
            jobs.run(export.job_id)
    answer = cast.client("engineer").get(f"/api/exports/{export.pk}")
    assert answer.json()["files"] == []
    url = f"/api/exports/{export.pk}/files/coco.json"
    assert cast.client("engineer").get(url).status_code == 409
    # What was projected is found again by whoever takes the job over, or asks for the same.
    assert described(do_export())
    assert list(walk(export_storage(), "pieces"))


def files_of(export: Export) -> list[str]:
    """What lies in an export's own folder."""
    return sorted(walk(export_storage(), str(export.pk)))


def run_and_die(export: Export, monkeypatch, death: BaseException, *, after: int = 1) -> None:
    """Run an export's job until some of its files are stored."""
    stored = 0

    def dies(*args: Any) -> None:
        nonlocal stored
        if stored == after:
            raise death
        move_file(*args)
        stored += 1

    with monkeypatch.context() as patched:
        patched.setattr(building, "move_file", dies)
        with contextlib.suppress(KeyboardInterrupt):
            jobs.run(export.job_id)
    assert stored == after


def test_what_a_killed_attempt_left_goes_when_the_next_one_is_published(
    anywhere, clip, cast, ontology, monkeypatch
) -> None:
    export = waiting(cast)
    run_and_die(export, monkeypatch, KeyboardInterrupt())
    assert f"{export.pk}/attempt-1/coco.json" in files_of(export)
    jobs.Job.objects.filter(pk=export.job_id).update(state=JobState.QUEUED)
    jobs.run(export.job_id)
    export.refresh_from_db()
    names = sorted(file["name"] for file in export.files)
    assert files_of(export) == [f"{export.pk}/attempt-2/{name}" for name in names]
    assert not export.has_pieces


def test_what_a_killed_attempt_left_goes_with_the_next_export_where_it_was_cancelled(
    anywhere, clip, cast, ontology, monkeypatch, do_export
) -> None:
    export, running = waiting(cast), waiting(cast)
    for one in (export, running):
        run_and_die(one, monkeypatch, KeyboardInterrupt())
    export_cancel(actor=None, export=export)
    other = do_export()
    assert files_of(export) == []
    # Whoever is taken to be running keeps what is theirs, whoever is done too.
    assert f"{running.pk}/attempt-1/coco.json" in files_of(running)
    assert len(files_of(other)) == len(other.files)


def test_an_export_that_fails_while_it_is_stored_leaves_no_files(
    anywhere, clip, cast, ontology, monkeypatch, do_export
) -> None:
    export = waiting(cast)
    run_and_die(export, monkeypatch, OSError(28, "No space left on device"))
    export.job.refresh_from_db()
    assert export.job.state == JobState.FAILED
    assert "No space left on device" in export.job.message
    assert not [name for name in files_of(export) if "/attempt-" in name]
    do_export()
    assert files_of(export) == []


def test_an_export_that_is_cancelled_while_it_is_stored_leaves_no_files(
    anywhere, clip, cast, ontology, monkeypatch
) -> None:
    export = waiting(cast)
    check = JobContext.check

    def cancelled(*args: Any) -> None:
        move_file(*args)
        jobs.cancel(export.job_id)

    def checked(context: JobContext) -> None:
        if jobs.Job.objects.filter(pk=context.job_id, state=JobState.CANCELLED).exists():
            raise JobLostError
        check(context)

    monkeypatch.setattr(building, "move_file", cancelled)
    monkeypatch.setattr(JobContext, "check", checked)
    jobs.run(export.job_id)
    export.refresh_from_db()
    assert (export.job.state, export.files) == (JobState.CANCELLED, [])
    assert files_of(export) == []


def test_a_cancelled_export_has_no_files(anywhere, clip, cast, ontology) -> None:
    export = waiting(cast)
    export_cancel(actor=None, export=export)
    jobs.run(export.job_id)
    export.refresh_from_db()
    assert (export.job.state, export.files) == (JobState.CANCELLED, [])


def test_a_download_goes_on_where_it_broke_off(anywhere, clip, cast, do_export) -> None:
    export = do_export()
    url = f"/api/exports/{export.pk}/files/coco.json"
    client = cast.client("engineer")
    whole = b"".join(client.get(url).streaming_content)
    rest = client.get(url, HTTP_RANGE="bytes=100-")
    assert rest.status_code == 206
    assert b"".join(rest.streaming_content) == whole[100:]


def test_a_link_on_disk_works_without_an_account_until_it_expires(
    clip, cast, do_export, client
) -> None:
    export = do_export()
    url = f"/api/exports/{export.pk}/links"
    links = cast.client("engineer").send("post", url, {"expires_s": 60}).json()
    assert [link["name"] for link in links] == [file["name"] for file in export.files]
    coco = next(link for link in links if link["name"] == "coco.json")
    path = coco["url"].removeprefix("http://testserver")
    answer = client.get(path)
    assert hashlib.sha256(b"".join(answer.streaming_content)).hexdigest() == coco["sha256"]
    assert client.get(path[:-2] + ("aa" if path[-2:] != "aa" else "bb")).status_code == 404
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=61)):
        assert client.get(path).status_code == 404


def test_a_link_to_s3_leads_there_and_is_signed_for_as_long(s3, clip, cast, do_export) -> None:
    export = do_export()
    url = f"/api/exports/{export.pk}/links"
    links = cast.client("engineer").send("post", url, {"expires_s": 60}).json()
    for link in links:
        assert "Expires=" in link["url"]
        with urlopen(Request(link["url"])) as answer:
            assert hashlib.sha256(answer.read()).hexdigest() == link["sha256"]
