"""The client against the real product: HTTP, PostgreSQL, Redis, a worker in its own process."""

import json
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from labelapp.accounts.services import api_token_create
from labelapp.client import Client as Api
from labelapp.client import Clip as ApiClip
from labelapp.client import (
    ClipFolderError,
    ConflictError,
    Export,
    ForbiddenError,
    InvalidError,
    JobFailedError,
    NotFoundError,
    NotLoggedInError,
    Patience,
    Project,
    ServerUnavailableError,
    SettingError,
    Version,
)
from labelapp.client.__main__ import main
from labelapp.clips.models import Clip, ClipUpload
from labelapp.labels.models import LabelEvent
from tests.integration.client.breaking_proxy import BreakingProxy
from tests.integration.clip_folders import cuboid, write_clip_folder, write_labels
from tests.integration.files import storages_in
from tests.integration.worker import running_worker

pytestmark = pytest.mark.django_db(transaction=True)
QUICK = Patience(tries=8, timeout_s=30.0, sleep=lambda _seconds: time.sleep(0.2))


@pytest.fixture(autouse=True)
def stored(tmp_path: Path, settings) -> Path:
    settings.STORAGES = storages_in(tmp_path / "stored", settings.STORAGES)
    folder = tmp_path / "stored"
    folder.mkdir()
    return folder


@pytest.fixture(autouse=True)
def homes(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("LABELAPP_URL", raising=False)
    monkeypatch.delenv("LABELAPP_TOKEN", raising=False)


@pytest.fixture
def token(cast) -> str:
    scopes = ["read", "import", "label", "export"]
    return api_token_create(actor=cast["engineer"], name="ci", scopes=scopes, days=1)[1]


@pytest.fixture
def connect() -> Iterator[Callable[..., Api]]:
    """Makes clients that are closed in the end: a kept connection keeps one to the database."""
    with ExitStack() as stack:
        yield lambda *args, **options: stack.enter_context(
            Api(*args, **{"patience": QUICK, **options})
        )


@pytest.fixture
def project(live_server, token: str, ontology, connect) -> Project:
    return connect(live_server.url, token).project("a")


def longer_jpeg(content: bytes, size: int) -> bytes:
    """The same picture with comments in it, so that a folder has several parts."""
    comment = b"\xff\xfe\xff\xff" + b"x" * 65533
    return content[:2] + comment * (size // len(comment)) + content[2:]


def big_folder(folder: Path) -> Path:
    """A clip folder of more than one part."""
    write_clip_folder(folder)
    picture = next((folder / "images" / "front").iterdir())
    picture.write_bytes(longer_jpeg(picture.read_bytes(), 20_000_000))
    return folder


def push_over_a_line_that_breaks(connect, url: str, token: str, folder: Path) -> ApiClip:
    """Sends two parts: the second arrives at once, the first when the line is mended."""
    told: list[tuple[str, int]] = []
    with BreakingProxy(url, cuts=[5_000_000] * 20, towards="server") as line:
        for tries in (1, 8):
            patience = replace(QUICK, tries=tries)
            project = connect(line.url, token, patience=patience).project("a")
            told.clear()
            try:
                clip = project.push_clip(folder, progress=lambda *now: told.append(now[:2]))
            except ServerUnavailableError:
                assert tries == 1
                assert line.broken
                line.cuts.clear()
    assert 0 < next(done for stage, done in told if stage == "sending") < 5_000_000
    return clip


@pytest.mark.slow
def test_from_a_folder_to_files_of_targets_over_lines_that_break(
    live_server, connect, project: Project, token: str, tmp_path: Path, stored: Path
) -> None:
    folder = big_folder(tmp_path / "street")
    with running_worker(stored, queue="ingest,export,projection"):
        clip = push_over_a_line_that_breaks(connect, live_server.url, token, folder)
        assert clip.is_new
        again = project.push_clip(folder)
        assert (again.id, again.is_new) == (clip.id, False)
        clip = project.clip(clip.name)
        clip.push_labels("objects", [cuboid("a"), cuboid("b", **{"class": "van"})], source="gold")
        found = clip.push_labels("objects", [cuboid("x", score=0.9)])
        assert found.labels()[0]["score"] == 0.9
        assert found.compare(clip.label_set("objects", "gold"))["objects"]["iou"]["mean"] == 1.0
        version = freeze_once(project, clip)
        export = version.export(["webdataset", "coco"], include_images=True).wait(timeout_s=240)
    download_over_a_line_that_breaks(connect, live_server.url, token, export, tmp_path / "out")


def freeze_once(project: Project, clip: ApiClip) -> Version:
    query = {"layers": ["objects"], "sources": ["gold"]}
    assert project.preview(query)["clips"] == 1
    dataset = project.dataset("streets")
    version = dataset.freeze(query, note="first")
    assert dataset.freeze(query).id == version.id == dataset.version().id
    with pytest.raises(ConflictError) as refused:
        dataset.freeze(query, unchanged_ok=False)
    assert refused.value.code == "dataset_unchanged"
    assert [item["clip_id"] for item in version.items()] == [clip.id]
    assert version.since(version)["is_same"]
    return version


def download_over_a_line_that_breaks(
    connect, url: str, token: str, export: Export, out: Path
) -> None:
    with BreakingProxy(url, cuts=[6_000_000] * 8) as line:
        through = connect(line.url, token).export(export.id)
        paths = through.download(out)
        assert line.broken >= 3
    assert {path.name for path in paths} == {file.name for file in export.files}
    assert len(json.loads((out / "coco.json").read_text())["annotations"]) > 0
    assert not list(out.glob(".*")), "nothing half-done stays behind"
    times = {path: path.stat().st_mtime_ns for path in paths}
    export.download(out)
    assert {path: path.stat().st_mtime_ns for path in paths} == times, "copied again"
    (out / "coco.json").write_text("{}")
    export.download(out, names=["coco.json"], unpack=True)
    assert "annotations" in json.loads((out / "coco.json").read_text())
    with zipfile.ZipFile(out / "images.zip") as archive:
        names = archive.namelist()
    export.download(out, names=["images.zip"], unpack=True)
    assert all((out / name).is_file() for name in names)
    assert not (out / "images.zip").exists()
    with pytest.raises(KeyError, match="no file 'x'"):
        export.download(out, names=["x"])


@pytest.mark.slow
def test_commands_lead_the_same_way(
    live_server, ontology, token: str, tmp_path: Path, stored: Path, capsys
) -> None:
    folder = write_clip_folder(tmp_path / "street")
    write_labels(folder, [cuboid("a")])
    labels = tmp_path / "model.json"
    document = {"format": "labelapp-labels/1", "layer": "objects", "source": "model"}
    labels.write_text(json.dumps(document | {"labels": [cuboid("m", score=0.8)]}))
    what = tmp_path / "streets.yaml"
    what.write_text("query: {layers: [objects], sources: [gold]}\n")

    def run(*arguments: Any) -> str:
        status = main(["--quiet", *map(str, arguments)])
        out, err = capsys.readouterr()
        assert status == 0, err
        return out

    assert main(["clips", "--project", "a"]) == 1
    assert "nobody logged in" in capsys.readouterr().err
    run("login", live_server.url, "--token", token)
    kept = tmp_path / "config" / "labelapp-client.json"
    assert kept.stat().st_mode & 0o077 == 0
    with running_worker(stored, queue="ingest,export,projection"):
        assert run("projects") == "a\tProject A\n"
        pushed = run("push-clip", folder, "--project", "a", "--name", "by night")
        assert "by night" in pushed
        assert run("clips", "--project", "a", "*night").startswith(pushed.split("\t")[0])
        run("push-labels", "by night", labels, "--project", "a")
        compare = ("compare", "by night", "--project", "a", "--layer", "objects")
        assert "score\t1.000" in run(*compare)
        assert "boxes matched\t0" in run(*compare, "--region", "-8", "-7", "90", "99")
        assert "version 1" in run("freeze", "streets", "--project", "a", "--from", what)
        assert "1 clips" in run("versions", "streets", "--project", "a")
        exported = run(
            "export", "streets", "--project", "a", "--format", "parquet", "--out", tmp_path / "x"
        )
    assert (tmp_path / "x" / "targets.parquet").is_file()
    export_id = exported.split()[1]
    run("download", export_id, "--out", tmp_path / "y")
    assert (tmp_path / "y" / "manifest.json").is_file()
    what.write_text("sorts: 1\n")
    assert main(["freeze", "streets", "--project", "a", "--from", str(what)]) == 1
    assert "found 'sorts'" in capsys.readouterr().err


def test_what_the_server_refuses_is_a_sentence_and_a_class(
    live_server, connect, project: Project, cast, tmp_path: Path
) -> None:
    with pytest.raises(NotLoggedInError):
        connect(live_server.url, "labelapp_wrong").projects()
    reader = api_token_create(actor=cast["engineer"], name="r", scopes=["read"], days=1)[1]
    with pytest.raises(ForbiddenError, match="lacks the scope 'export'"):
        connect(live_server.url, reader).project("a").dataset("streets")
    with pytest.raises(NotFoundError):
        connect(live_server.url, reader).project("b")
    with pytest.raises(InvalidError, match="layers"):
        project.dataset("streets").freeze({"layers": []})
    with pytest.raises(KeyError, match="no clip has the name 'x'"):
        project.clip("x")
    with pytest.raises(SettingError, match="url: expected an address"):
        connect("labels.example.com", "t")
    with pytest.raises(ServerUnavailableError, match="no answer in 2 tries"):
        connect("http://127.0.0.1:9", "t", patience=Patience(2, 1.0, lambda _: None)).projects()
    folder = write_clip_folder(tmp_path / "bad")
    next((folder / "images" / "front").iterdir()).unlink()
    with pytest.raises(ClipFolderError, match=r"expected the file images/front/.*found none"):
        project.push_clip(folder)
    assert not ClipUpload.objects.exists()


@pytest.mark.slow
def test_a_folder_that_breaks_the_format_is_refused_with_the_servers_sentence(
    project: Project, tmp_path: Path, stored: Path
) -> None:
    folder = write_clip_folder(tmp_path / "bad")
    table = folder / "trajectory.csv"
    rows = table.read_text().splitlines()
    table.write_text("\n".join([rows[0], rows[2], rows[1]]) + "\n")
    with (
        running_worker(stored, queue="ingest"),
        pytest.raises(JobFailedError, match=r"trajectory\.csv") as refused,
    ):
        project.push_clip(folder)
    assert refused.value.state == "failed"
    assert not Clip.objects.exists()


def test_labels_are_saved_once_and_what_is_gone_is_deleted(
    project: Project, clip, default_ontology
) -> None:
    there = project.clip(clip.name)
    saved = there.push_labels("objects", [cuboid("a"), cuboid("b")], source="import")
    assert (saved.revision, saved.label_count) == (1, 2)
    assert there.push_labels("objects", [cuboid("a"), cuboid("b")], source="import").revision == 1
    moved = cuboid("b", size_m=[4.0, 1.8, 1.5])
    saved = there.push_labels("objects", [moved], source="import")
    assert (saved.revision, saved.label_count) == (2, 1)
    # A label that was deleted comes back on its last version.
    saved = there.push_labels("objects", [cuboid("a")], source="import", replace=False)
    assert sorted(label["id"] for label in saved.labels()) == ["a", "b"]
    assert len(saved.labels(revision=1)) == 2
    assert LabelEvent.objects.count() == 5
    with pytest.raises(InvalidError, match="size_m"):
        there.push_labels("objects", [cuboid("c", size_m=[1])], source="import")


def test_several_models_have_a_label_set_each(project: Project, clip, default_ontology) -> None:
    there = project.clip(clip.name)
    for name, score in (("detector-3", 0.5), ("detector-4", 0.75)):
        there.push_labels("objects", [cuboid("a", score=score)], name=name)
    assert {s.name for s in there.label_sets()} == {"detector-3", "detector-4"}
    (label,) = there.label_set("objects", "model", "detector-4").labels()
    assert label["score"] == 0.75
    with pytest.raises(KeyError, match="objects/model/detector-3, objects/model/detector-4"):
        there.label_set("objects", "model")
