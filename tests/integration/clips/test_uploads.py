"""Clip folders over HTTP: parts in any order, imported by a job, nothing left behind."""

import hashlib
import io
import tarfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from labelapp.accounts.services import api_token_create
from labelapp.clips import jobs as _jobs  # noqa: F401  says what to do for the job
from labelapp.clips.models import Clip, ClipUpload
from labelapp.common import jobs
from tests.integration.clip_folders import write_clip_folder
from tests.integration.files import files_below, storages_in

pytestmark = pytest.mark.django_db(transaction=True)
PART = 20_000


@pytest.fixture(autouse=True)
def stored(tmp_path: Path, settings, monkeypatch) -> Path:
    settings.STORAGES = storages_in(tmp_path / "stored", settings.STORAGES)
    settings.DATA_DIR = tmp_path / "data"
    monkeypatch.setattr("labelapp.clips.uploads.PART_BYTES", PART)
    return tmp_path / "stored" / "clips"


@pytest.fixture
def token(cast) -> str:
    return api_token_create(actor=cast["engineer"], name="ci", scopes=["read", "import"], days=1)[1]


class Program(Client):
    """A program with a token."""

    def __init__(self, token: str) -> None:
        super().__init__(headers={"Authorization": f"Bearer {token}"})

    def put_part(self, upload: dict[str, Any], number: int, content: bytes, **headers: str) -> Any:
        return self.put(
            f"/api/clip-uploads/{upload['id']}/parts/{number}",
            content,
            content_type="application/octet-stream",
            headers=headers,
        )


def tarred(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.add(folder, arcname=folder.name)
    return buffer.getvalue()


def announce(program: Program, content: bytes, **fields: Any) -> dict[str, Any]:
    answer = program.post(
        "/api/projects/a/clip-uploads",
        {"size": len(content), **fields},
        content_type="application/json",
    )
    assert answer.status_code == 201, answer.content
    return answer.json()


def parts(content: bytes) -> list[bytes]:
    return [content[at : at + PART] for at in range(0, len(content), PART)]


def finish(program: Program, upload: dict[str, Any]) -> dict[str, Any]:
    """Finish an upload, and run its job here if nobody else did."""
    answer = program.post(f"/api/clip-uploads/{upload['id']}/finish")
    assert answer.status_code == 202, answer.content
    jobs.run(ClipUpload.objects.get(pk=upload["id"]).job_id)
    return program.get(f"/api/clip-uploads/{upload['id']}").json()


def test_a_folder_comes_in_part_by_part_in_any_order(
    token: str, tmp_path: Path, stored: Path, ontology
) -> None:
    program = Program(token)
    content = tarred(write_clip_folder(tmp_path / "street"))
    upload = announce(program, content, name="by night")
    assert upload["part_count"] == len(parts(content)) > 2
    for number, part in reversed(list(enumerate(parts(content)))):
        digest = hashlib.sha256(part).hexdigest()
        answer = program.put_part(upload, number, part, **{"X-Content-SHA256": digest})
        assert answer.status_code == 204, answer.content
    found = finish(program, upload)
    assert (found["state"], found["is_new"]) == ("done", True), found
    clip = Clip.objects.get(pk=found["clip_id"])
    assert clip.name == "by night"
    assert not [name for name in files_below(stored) if name.startswith("uploads/")]


def test_what_broke_off_goes_on_with_the_missing_parts(
    token: str, tmp_path: Path, ontology
) -> None:
    program = Program(token)
    content = tarred(write_clip_folder(tmp_path / "street"))
    upload = announce(program, content)
    pieces = parts(content)
    program.put_part(upload, 1, pieces[1])
    answer = program.post(f"/api/clip-uploads/{upload['id']}/finish")
    assert answer.status_code == 409
    assert answer.json()["details"]["missing"][0] == 0
    seen = program.get(f"/api/clip-uploads/{upload['id']}").json()
    assert (seen["state"], seen["parts"]) == ("receiving", [1])
    for number in set(range(len(pieces))) - {1}:
        program.put_part(upload, number, pieces[number])
    assert finish(program, upload)["state"] == "done"


@pytest.mark.parametrize(
    ("number", "content", "headers", "sentence"),
    [
        (9, b"x", {}, "expected 0 to 1"),
        (0, b"x", {}, "expected 20,000 bytes"),
        (0, bytes(PART), {"X-Content-SHA256": "0" * 64}, "send it again"),
    ],
)
def test_a_wrong_part_is_refused(token, number, content, headers, sentence) -> None:
    program = Program(token)
    upload = announce(program, bytes(PART + 5))
    answer = program.put_part(upload, number, content, **headers)
    assert answer.status_code == 400
    assert sentence in answer.json()["message"]


def test_a_spoilt_folder_is_refused_and_nothing_stays(
    token: str, tmp_path: Path, stored: Path, ontology
) -> None:
    program = Program(token)
    folder = write_clip_folder(tmp_path / "street")
    (folder / "trajectory.csv").unlink()
    content = tarred(folder)
    upload = announce(program, content)
    for number, part in enumerate(parts(content)):
        program.put_part(upload, number, part)
    found = finish(program, upload)
    assert found["state"] == "failed"
    assert "trajectory.csv" in found["message"]
    assert files_below(stored) == []
    assert not Clip.objects.exists()


def test_the_same_recording_again_is_the_same_clip(token: str, tmp_path: Path, ontology) -> None:
    program = Program(token)
    content = tarred(write_clip_folder(tmp_path / "street"))
    found = []
    for _ in range(2):
        upload = announce(program, content)
        for number, part in enumerate(parts(content)):
            program.put_part(upload, number, part)
        found.append(finish(program, upload))
    assert [one["is_new"] for one in found] == [True, False]
    assert found[0]["clip_id"] == found[1]["clip_id"]


def test_a_token_without_the_scope_brings_nothing_in(cast) -> None:
    token = api_token_create(actor=cast["engineer"], name="ci", scopes=["read"], days=1)[1]
    answer = Program(token).post(
        "/api/projects/a/clip-uploads", {"size": 5}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_what_nobody_finished_is_forgotten(token: str, stored: Path) -> None:
    program = Program(token)
    upload = announce(program, bytes(10))
    program.put_part(upload, 0, bytes(10))
    assert len(files_below(stored)) == 1
    ClipUpload.objects.update(created_at="2020-01-01T00:00Z")
    announce(program, bytes(10))
    assert files_below(stored) == []
    assert ClipUpload.objects.count() == 1
