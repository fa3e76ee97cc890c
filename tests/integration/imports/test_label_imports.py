"""Labels of other formats over HTTP: sent, looked at, imported whole or not at all."""

import io
import json
import uuid
import zipfile
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from labelapp.clips.models import Clip
from labelapp.clips.services import clip_import
from labelapp.clips.storage import clip_storage
from labelapp.common import jobs
from labelapp.common.storage import put_bytes
from labelapp.imports import jobs as _jobs  # noqa: F401  says what to do for the job
from labelapp.imports.models import LabelImport
from labelapp.labels.models import Label, LabelSet
from tests.integration.clip_folders import cuboid, write_clip_folder
from tests.integration.files import files_below, storages_in
from tests.unit.imports.foreign import nuscenes_folder

pytestmark = pytest.mark.django_db(transaction=True)
PART = 700


@pytest.fixture(autouse=True)
def stored(tmp_path: Path, settings, monkeypatch) -> Path:
    settings.STORAGES = storages_in(tmp_path / "stored", settings.STORAGES)
    settings.DATA_DIR = tmp_path / "data"
    monkeypatch.setattr("labelapp.clips.uploads.PART_BYTES", PART)
    return tmp_path / "stored" / "clips"


@pytest.fixture
def clip(tmp_path: Path, cast, ontology) -> Clip:
    folder = write_clip_folder(tmp_path / "street", labels=False)
    return clip_import(
        actor=None, project=cast.project, folder=folder, progress=lambda *_: None
    ).clip


@pytest.fixture
def packed(tmp_path: Path) -> bytes:
    """A zip file of nuScenes tables for the clip."""
    folder = nuscenes_folder(tmp_path / "nu", origin=(411.0, 1180.0, 2.0))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*.json")):
            archive.write(path, path.relative_to(folder))
    return buffer.getvalue()


def sent(browser, content: bytes, name: str = "nu.zip") -> str:
    """Sends a file in parts, the last ones first; returns the import's id."""
    answer = browser.send(
        "POST", "/api/projects/a/label-imports", {"file_name": name, "size": len(content)}
    )
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert (made["state"], made["part_bytes"]) == ("receiving", PART)
    for number in reversed(range(made["part_count"])):
        part = content[number * PART : (number + 1) * PART]
        answer = browser.put(
            f"/api/label-imports/{made['id']}/parts/{number}",
            part,
            content_type="application/octet-stream",
        )
        assert answer.status_code == 204, answer.content
    return made["id"]


def ran(browser, import_id: str, **options: Any) -> dict[str, Any]:
    answer = browser.send("POST", f"/api/label-imports/{import_id}/run", options)
    assert answer.status_code == 202, answer.content
    jobs.run(LabelImport.objects.get(pk=import_id).job_id)
    return browser.send("GET", f"/api/label-imports/{import_id}").json()


def test_a_file_is_looked_at_then_its_unknown_classes_are_settled_then_it_is_imported(
    cast, clip: Clip, packed: bytes, stored: Path
) -> None:
    browser = cast.client("engineer")
    import_id = sent(browser, packed)
    before = files_below(stored)
    looked = ran(browser, import_id, dry_run=True, clip_id=str(clip.pk))
    assert (looked["state"], looked["label_sets"]) == ("done", []), looked["message"]
    report = looked["report"]
    assert (report["format"], report["is_ready"]) == ("nuscenes", False)
    (recording,) = report["recordings"]
    assert recording["name"] == "v1.0-mini/scene-0061"
    assert (recording["clip_id"], recording["layer"]) == (str(clip.pk), "objects")
    assert (recording["label_count"], recording["keyframe_count"]) == (1, 2)
    (found,) = report["classes"]
    assert found == {"layer": "objects", "name": "vehicle.car", "count": 1, "becomes": None,
                     "is_settled": False, "is_known": False, "suggestion": "car"}  # fmt: skip

    # Without a word about the class nothing is dropped, and nothing is imported.
    failed = ran(browser, import_id, dry_run=False, clip_id=str(clip.pk))
    assert failed["state"] == "failed"
    assert failed["message"].startswith("classes: 'vehicle.car' of the files are no classes of")
    assert not LabelSet.objects.filter(source="import").exists()
    assert files_below(stored) == before

    wanted = {"clip_id": str(clip.pk), "classes": {"vehicle.car": "car"}, "name": "nu"}
    done = ran(browser, import_id, dry_run=False, **wanted)
    assert done["state"] == "done", done["message"]
    label_set = LabelSet.objects.get(pk=done["label_sets"][0])
    assert (label_set.clip_id, label_set.layer) == (clip.pk, "objects")
    assert (label_set.source, label_set.name) == ("import", "nu")
    assert label_set.created_by == cast["engineer"]
    (label,) = Label.objects.filter(label_set=label_set)
    assert label.body["class"] == "car"
    # What was sent is of no use any more; the same again is the same label set.
    assert not [name for name in files_below(stored) if import_id in name]
    again = ran(browser, sent(browser, packed), dry_run=False, **wanted)
    assert again["label_sets"] == done["label_sets"]


@pytest.fixture
def in_bucket(s3_address: str, settings, monkeypatch) -> None:
    """Clips made from now on, and the inbox, lie in a bucket."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_address)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    bucket = f"clips-{uuid.uuid4().hex}"
    boto3.client("s3").create_bucket(Bucket=bucket)
    options = {"bucket_name": bucket, "location": "clips", "file_overwrite": True}
    settings.STORAGES = settings.STORAGES | {
        "clips": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    }


@pytest.mark.slow
def test_a_file_that_lies_in_the_projects_inbox_in_a_bucket_is_imported_from_there(
    in_bucket, clip: Clip, cast, packed: bytes, stored: Path
) -> None:
    browser = cast.client("engineer")
    url = "/api/projects/a/label-imports"
    assert browser.send("POST", url, {"location": "drives/nu.zip"}).status_code == 400
    put_bytes(clip_storage(), "inbox/a/drives/nu.zip", packed)
    made = browser.send("POST", url, {"location": "drives/nu.zip"}).json()
    done = ran(browser, made["id"], dry_run=False, clip_id=str(clip.pk), keep_classes=True)
    assert done["state"] == "done", done["message"]
    assert Label.objects.get(label_set__source="import").body["class"] == "vehicle.car"
    # It is still there for whoever put it there, and sent files work in the bucket as well.
    assert clip_storage().exists("inbox/a/drives/nu.zip")
    import_id = sent(browser, packed)
    again = ran(browser, import_id, dry_run=False, clip_id=str(clip.pk), keep_classes=True)
    assert again["label_sets"] == done["label_sets"]
    assert not files_below(stored), "nothing went to the disk instead"


def test_a_file_that_lies_in_the_projects_inbox_is_imported_from_there(
    cast, clip: Clip, packed: bytes
) -> None:
    browser = cast.client("engineer")
    put_bytes(clip_storage(), "inbox/a/drives/nu.zip", packed)
    put_bytes(clip_storage(), "inbox/b/nu.zip", packed)
    for wrong in ("../b/nu.zip", "/inbox/b/nu.zip", "nothing.zip", "..\\b"):
        answer = browser.send("POST", "/api/projects/a/label-imports", {"location": wrong})
        assert answer.status_code == 400, wrong
        assert "location: expected" in answer.json()["message"]
    answer = browser.send("POST", "/api/projects/a/label-imports", {"location": "drives/nu.zip"})
    assert answer.status_code == 201
    done = ran(browser, answer.json()["id"], dry_run=False, clip_id=str(clip.pk), keep_classes=True)
    assert done["state"] == "done", done["message"]
    assert Label.objects.get(label_set__source="import").body["class"] == "vehicle.car"


def test_what_is_wrong_in_a_file_is_told_and_nothing_is_kept(
    cast, clip: Clip, tmp_path: Path
) -> None:
    browser = cast.client("engineer")
    labels = [cuboid("a"), cuboid("b", size_m=[1.0, -1.0, 1.0])]
    content = {"format": "labelapp-labels/1", "layer": "objects", "source": "gold"}
    document = json.dumps({**content, "labels": labels}).encode()
    failed = ran(browser, sent(browser, document, "x.json"), dry_run=False, clip_id=str(clip.pk))
    assert failed["state"] == "failed"
    assert "labels[1]" in failed["message"]
    assert "size_m" in failed["message"]
    assert not LabelSet.objects.exists()
    for wrong in (b'"class": "c\\u0000r"', b'"class": 5'):
        other = document.replace(b'"class": "car"', wrong).replace(b"-1.0", b"1.0")
        failed = ran(browser, sent(browser, other, "x.json"), dry_run=True, clip_id=str(clip.pk))
        assert failed["state"] == "failed"
        assert "expected" in failed["message"]
        assert "unexpected" not in failed["message"]
    # A recording that says of no clip which it is isn't guessed at.
    document = json.dumps({**content, "labels": labels[:1]}).encode()
    failed = ran(browser, sent(browser, document, "x.json"), dry_run=False)
    assert failed["state"] == "failed"
    assert "says of which clip it is: name the clip" in failed["message"]
    done = ran(browser, sent(browser, document, "street.json"), dry_run=False)
    assert done["state"] == "done", done["message"]
    assert LabelSet.objects.get().clip_id == clip.pk


def test_parts_and_jobs_are_guarded(cast, clip: Clip, packed: bytes) -> None:
    browser = cast.client("engineer")
    made = browser.send("POST", "/api/projects/a/label-imports", {"size": 10}).json()
    place = f"/api/label-imports/{made['id']}"
    answer = browser.send("POST", f"{place}/run", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "import_busy")
    kind = {"content_type": "application/octet-stream"}
    assert browser.put(f"{place}/parts/1", b"x", **kind).status_code == 400
    assert browser.put(f"{place}/parts/0", b"x", **kind).status_code == 400
    wrong = {"X-Content-SHA256": "0" * 64}
    answer = browser.put(f"{place}/parts/0", b"x" * 10, headers=wrong, **kind)
    assert "SHA-256" in answer.json()["message"]
    import_id = sent(browser, packed)
    assert browser.send("POST", f"/api/label-imports/{import_id}/run", {}).status_code == 202
    answer = browser.send("POST", f"/api/label-imports/{import_id}/run", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "import_busy")
    answer = browser.send("POST", f"/api/label-imports/{import_id}/run", {"source": "human"})
    assert answer.status_code == 400
    for body in ({}, {"size": 5, "location": "a"}, {"size": 1 << 50}):
        answer = browser.send("POST", "/api/projects/a/label-imports", body)
        assert answer.status_code == 400
        assert "size: expected" in answer.json()["message"]


def test_the_command_says_what_it_found_and_imports(clip: Clip, tmp_path: Path, capsys) -> None:
    folder = nuscenes_folder(tmp_path / "nu", origin=(411.0, 1180.0, 2.0))
    arguments = {"project": "a", "clip": "street"}
    call_command("import_labels", folder, dry_run=True, **arguments)
    told = capsys.readouterr().out
    assert "v1.0-mini/scene-0061 (nuscenes): clip 'street', layer objects, 1 labels" in told
    assert "objects: 1 x vehicle.car -> ? (perhaps car)" in told
    with pytest.raises(CommandError, match=r"classes: 'vehicle\.car'"):
        call_command("import_labels", folder, **arguments)
    assert not LabelSet.objects.exists()
    call_command("import_labels", folder, classes=["vehicle.car=car"], **arguments)
    assert Label.objects.get().body["class"] == "car"
    assert "street: objects/import" in capsys.readouterr().out
    with pytest.raises(CommandError, match="expected THEIRS=OURS"):
        call_command("import_labels", folder, classes=["car"], **arguments)
