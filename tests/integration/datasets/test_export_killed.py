"""Exports that are interrupted end with the same bytes."""

import shutil
import uuid
from pathlib import Path

import pytest

from labelapp.clips.services import clip_import
from labelapp.common import jobs
from labelapp.datasets import building, pieces
from labelapp.datasets.models import Export
from labelapp.datasets.projecting import ClipProjector
from labelapp.datasets.services import export_create
from labelapp.datasets.source import ExportSource
from labelapp.datasets.storage import making_prefix
from labelapp.labels.models import LabelSet
from tests.integration.clip_folders import edit_rows, write_clip_folder, write_labels
from tests.integration.datasets.conftest import moving_car
from tests.integration.files import files_below
from tests.integration.worker import Worker, running_worker, wait_until

pytestmark = [pytest.mark.django_db(transaction=True)]


def start(cast, **options) -> Export:
    options = {
        "actor": None, "project": cast.project, "clip_ids": None, "layer": "objects",
        "source": "gold", "formats": ["coco", "parquet"], **options,
    }  # fmt: skip
    return export_create(**options)


def state(export: Export) -> str:
    export.job.refresh_from_db()
    return export.job.state


def pieces_there(stored: Path) -> list[str]:
    names = files_below(stored / "exports" / "pieces")
    return [name for name in names if name.endswith(".zip")]


@pytest.fixture
def small_pieces(monkeypatch) -> None:
    """Three images of a camera are two pieces: of two, and of one."""
    monkeypatch.setattr("projection.batch.plan.FIRST_CUTS", (2,))


@pytest.mark.slow
def test_a_killed_workers_export_is_finished_by_the_next_with_the_same_bytes(
    tmp_path: Path, stored: Path, cast, ontology, monkeypatch
) -> None:
    folder = write_clip_folder(tmp_path / "long", ticks=400, labels=False)
    labels = [moving_car(f"car-{number}") | {"to_ns": str(2**62)} for number in range(8)]
    write_labels(folder, labels)
    # Pictures would only take time.
    edit_rows(folder / "images.csv", lambda rows: [[*row[:2], ""] for row in rows])
    clip_import(actor=None, project=cast.project, folder=folder, progress=lambda *_: None)
    queue = f"test-{uuid.uuid4().hex[:8]}"
    monkeypatch.setattr("labelapp.datasets.services.QUEUE", queue)

    export = start(cast)
    worker = Worker(stored, queue=queue)
    try:
        wait_until(lambda: len(pieces_there(stored)) >= 2)
    finally:
        worker.kill()
    made = pieces_there(stored)
    assert state(export) == jobs.JobState.RUNNING
    assert 2 <= len(made) < 14
    times = {name: _modified(stored, name) for name in made}

    again = start(cast)
    with running_worker(stored, queue=queue):
        wait_until(lambda: len(pieces_there(stored)) > len(made), timeout_s=100)
        for name in made:
            assert _modified(stored, name) == times[name], "made again"
        wait_until(lambda: state(export) == state(again) == jobs.JobState.DONE, timeout_s=200)
    export.refresh_from_db()
    again.refresh_from_db()
    assert export.job.attempt == 2
    assert again.job.attempt == 1
    assert export.files == again.files
    # Both are made of the same pieces.
    assert len(pieces_there(stored)) == 18
    assert files_below(stored / "exports" / str(export.pk)) == [
        f"attempt-2/{file['name']}" for file in sorted(export.files, key=lambda file: file["name"])
    ]


def _modified(stored: Path, name: str) -> int:
    return (stored / "exports" / "pieces" / name).stat().st_mtime_ns


def test_a_piece_that_is_there_is_not_made_again(
    cast, ontology, clip, stored: Path, monkeypatch, small_pieces
) -> None:
    made: list[str] = []
    make = ClipProjector.make

    def make_and_fail_at_the_third(self, piece, path, *, progress):
        if len(made) == 2 and export.job.attempt == 0:
            raise ConnectionError("the worker dies here")
        made.append(piece.name)
        make(self, piece, path, progress=progress)

    monkeypatch.setattr(ClipProjector, "make", make_and_fail_at_the_third)
    export = start(cast, send=False)
    jobs.run(export.job_id)
    assert state(export) == jobs.JobState.FAILED
    jobs.Job.objects.filter(pk=export.job_id).update(state="queued", finished_at=None)
    jobs.run(export.job_id)
    assert state(export) == jobs.JobState.DONE
    assert len(made) == len(set(made)) == 4


def never(*_: object, **__: object) -> None:
    raise AssertionError("made twice")


def test_a_helper_makes_pieces_that_are_then_there(
    cast, ontology, clip, do_export, monkeypatch, stored: Path, small_pieces
) -> None:
    alone = do_export(formats=["coco"])
    shutil.rmtree(stored / "exports" / "pieces")
    export = start(cast, send=False, formats=["coco"])
    told: list[int] = []
    pieces.pieces_help(ExportSource.of(export), helper=3, progress=told.append)
    assert sorted(told) == told
    assert told[-1] == 6

    monkeypatch.setattr(ClipProjector, "make", never)
    jobs.run(export.job_id)
    assert state(export) == jobs.JobState.DONE
    export.refresh_from_db()
    assert export.files == alone.files


def test_a_helper_that_comes_late_leaves_nothing_behind(cast, ontology, clip, stored: Path) -> None:
    export = start(cast, send=False)
    jobs.cancel(export.job_id)
    pieces.pieces_help(ExportSource.of(export), helper=0, progress=lambda _: None)
    assert files_below(stored / "exports") == []


def test_the_next_export_of_a_clip_finds_its_pieces(
    cast, ontology, clip, do_export, monkeypatch
) -> None:
    first = do_export()
    monkeypatch.setattr(ClipProjector, "make", never)
    assert do_export().files == first.files


def save(cast, clip, **operation: object) -> None:
    label_set = LabelSet.objects.get(clip=clip)
    done = cast.client("admin").send(
        "POST",
        f"/api/label-sets/{label_set.pk}/operations",
        {
            "batch_id": str(uuid.uuid4()),
            "operations": [{"operation_id": str(uuid.uuid4()), **operation}],
        },
    )
    assert done.status_code == 200


def test_only_what_a_changed_label_touches_is_projected_again(
    cast, ontology, clip, do_export, monkeypatch, stored: Path
) -> None:
    do_export()
    made: list[str] = []
    make = ClipProjector.make

    def counted(self, piece, path, *, progress):
        made.append(piece.name)
        make(self, piece, path, progress=progress)

    monkeypatch.setattr(ClipProjector, "make", counted)
    # It is behind the car: the camera in front can't see it.
    save(cast, clip, kind="delete", label_id="c-behind", base_version=1)
    changed = do_export()
    assert made == ["rear/000000.parquet"]
    assert len(pieces_there(stored)) == 2, "pieces of the earlier labels are gone"
    shutil.rmtree(stored / "exports" / "pieces")
    assert do_export().files == changed.files


def test_a_piece_that_is_gone_when_it_is_read_is_made_again(
    cast, ontology, clip, do_export, stored: Path, monkeypatch
) -> None:
    whole = do_export()
    export = start(cast, send=False)
    make_all = building.pieces_make

    def make_and_lose(source, *, progress):
        make_all(source, progress=progress)
        shutil.rmtree(stored / "exports" / "pieces")

    monkeypatch.setattr(building, "pieces_make", make_and_lose)
    jobs.run(export.job_id)
    assert state(export) == jobs.JobState.DONE
    export.refresh_from_db()
    assert export.files == whole.files


def test_a_piece_that_lacks_its_end_is_made_again(
    cast, ontology, clip, do_export, stored: Path
) -> None:
    whole = do_export()
    cut = stored / "exports" / "pieces" / pieces_there(stored)[0]
    cut.write_bytes(cut.read_bytes()[:-30])
    assert do_export().files == whole.files
    assert not cut.exists()
    assert do_export().files == whole.files
    assert cut.exists()


def test_the_next_export_of_the_same_looks_at_no_label(
    cast, ontology, clip, do_export, monkeypatch
) -> None:
    first = do_export(formats=["coco", "webdataset"])
    monkeypatch.setattr("labelapp.datasets.source.labels_parsed_at", never)
    assert do_export(formats=["coco", "webdataset"]).files == first.files


def test_a_big_export_calls_as_many_helpers_as_it_has_work_for(
    cast, ontology, clip, monkeypatch
) -> None:
    monkeypatch.setattr(building, "CHUNK_IMAGES", 1)
    monkeypatch.setattr(building, "HELP_QUEUE", f"test-{uuid.uuid4().hex}")
    export = start(cast, send=False)
    jobs.run(export.job_id)
    helpers = jobs.Job.objects.filter(kind=building.HELP_KIND)
    assert [job.arguments for job in helpers] == [{"export_id": str(export.pk), "helper": "0"}]
    assert jobs.run(helpers.get().pk)
    assert helpers.get().state == jobs.JobState.DONE


def test_small_pieces_give_the_same_bytes_as_large_ones(
    do_export, clip, stored: Path, monkeypatch
) -> None:
    formats = ["coco", "webdataset"]
    whole = do_export(formats=formats)
    shutil.rmtree(stored / "exports" / "pieces")
    monkeypatch.setattr("projection.batch.plan.FIRST_CUTS", (1, 2))
    assert do_export(formats=formats).files == whole.files
    assert len(pieces_there(stored)) == 6


def test_what_exports_that_are_over_were_writing_is_cleared_away(
    cast, ontology, clip, do_export, stored: Path
) -> None:
    export = start(cast, send=False)
    left = stored / "exports" / making_prefix(export.pk, 1) / "labelapp-export-1" / "coco.json"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"[]")
    jobs.cancel(export.job_id)
    do_export()
    assert not left.exists()
    export.refresh_from_db()
    assert not export.has_pieces


def test_an_export_that_is_cancelled_while_it_runs_publishes_nothing(
    cast, ontology, clip, stored: Path, monkeypatch, settings
) -> None:
    settings.JOB_STALLED_AFTER_S = 0.4
    export = start(cast, send=False)
    make = ClipProjector.make

    def make_after_a_cancellation(self, piece, path, *, progress):
        jobs.cancel(export.job_id)
        wait_until(lambda: _is_lost(progress), timeout_s=10)
        make(self, piece, path, progress=progress)

    monkeypatch.setattr(ClipProjector, "make", make_after_a_cancellation)
    jobs.run(export.job_id)
    assert state(export) == jobs.JobState.CANCELLED
    export.refresh_from_db()
    assert (export.files, export.files_prefix) == ([], "")
    assert files_below(stored / "exports") == []


def _is_lost(progress) -> bool:
    try:
        progress(0)
    except jobs.JobLostError:
        return True
    return False
