"""Exports that are interrupted end with the same bytes."""

import uuid
from pathlib import Path

import pytest

from labelapp.clips.services import clip_import
from labelapp.common import jobs
from labelapp.datasets import building, pieces, source
from labelapp.datasets.models import Export
from labelapp.datasets.services import export_create
from labelapp.datasets.storage import pieces_prefix
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


def pieces_there(stored: Path, export: Export) -> list[str]:
    return files_below(stored / "exports" / pieces_prefix(export.pk))


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
        wait_until(lambda: len(pieces_there(stored, export)) >= 2)
    finally:
        worker.kill()
    made = pieces_there(stored, export)
    assert state(export) == jobs.JobState.RUNNING
    assert 2 <= len(made) < 14
    times = {name: _modified(stored, export, name) for name in made}

    again = start(cast)
    with running_worker(stored, queue=queue):
        wait_until(lambda: len(pieces_there(stored, export)) > len(made), timeout_s=100)
        for name in made:
            assert _modified(stored, export, name) == times[name], "made again"
        wait_until(lambda: state(export) == state(again) == jobs.JobState.DONE, timeout_s=200)
    export.refresh_from_db()
    again.refresh_from_db()
    assert export.job.attempt == 2
    assert again.job.attempt == 1
    assert export.files == again.files
    assert pieces_there(stored, export) == []
    assert files_below(stored / "exports" / str(export.pk)) == [
        f"attempt-2/{file['name']}" for file in sorted(export.files, key=lambda file: file["name"])
    ]


def _modified(stored: Path, export: Export, name: str) -> int:
    return (stored / "exports" / pieces_prefix(export.pk) / name).stat().st_mtime_ns


def test_a_piece_that_is_there_is_not_made_again(
    cast, ontology, clip, stored: Path, monkeypatch
) -> None:
    monkeypatch.setattr(source, "PIECE_IMAGES", 2)
    made: list[str] = []
    write = pieces.piece_write

    def write_and_fail_at_the_third(piece, path, *, progress):
        if len(made) == 2 and export.job.attempt == 0:
            raise ConnectionError("the worker dies here")
        made.append(piece.name)
        write(piece, path, progress=progress)

    monkeypatch.setattr(pieces, "piece_write", write_and_fail_at_the_third)
    export = start(cast, send=False)
    jobs.run(export.job_id)
    assert state(export) == jobs.JobState.FAILED
    jobs.Job.objects.filter(pk=export.job_id).update(state="queued", finished_at=None)
    jobs.run(export.job_id)
    assert state(export) == jobs.JobState.DONE
    assert len(made) == len(set(made)) == 4


def test_a_helper_makes_pieces_that_are_then_there(
    cast, ontology, clip, do_export, monkeypatch
) -> None:
    alone = do_export(formats=["coco"])
    monkeypatch.setattr(source, "PIECE_IMAGES", 2)
    export = start(cast, send=False, formats=["coco"])
    told: list[int] = []
    pieces.pieces_help(source.ExportSource.of(export), helper=3, progress=told.append)
    assert sorted(told) == told
    assert told[-1] == 6

    def never(*_: object, **__: object) -> None:
        raise AssertionError("made twice")

    monkeypatch.setattr(pieces, "piece_write", never)
    jobs.run(export.job_id)
    assert state(export) == jobs.JobState.DONE
    export.refresh_from_db()
    assert export.files == alone.files


def test_a_helper_that_comes_late_leaves_nothing_behind(cast, ontology, clip, stored: Path) -> None:
    export = start(cast, send=False)
    jobs.cancel(export.job_id)
    pieces.pieces_help(source.ExportSource.of(export), helper=0, progress=lambda _: None)
    assert files_below(stored / "exports") == []


def test_a_big_export_calls_as_many_helpers_as_it_has_work_for(
    cast, ontology, clip, monkeypatch
) -> None:
    monkeypatch.setattr(building, "PIECE_IMAGES", 1)
    monkeypatch.setattr(building, "HELP_QUEUE", f"test-{uuid.uuid4().hex}")
    export = start(cast, send=False)
    jobs.run(export.job_id)
    helpers = jobs.Job.objects.filter(kind=building.HELP_KIND)
    assert [job.arguments for job in helpers] == [{"export_id": str(export.pk), "helper": "0"}]
    assert jobs.run(helpers.get().pk)
    assert helpers.get().state == jobs.JobState.DONE


def test_small_pieces_give_the_same_bytes_as_large_ones(do_export, clip, monkeypatch) -> None:
    whole = do_export(formats=["coco"])
    monkeypatch.setattr(source, "PIECE_IMAGES", 1)
    assert do_export(formats=["coco"]).files == whole.files


def test_pieces_of_exports_that_are_over_are_cleared_away(
    cast, ontology, clip, do_export, stored: Path
) -> None:
    export = start(cast, send=False)
    left = stored / "exports" / pieces_prefix(export.pk) / "0123" / "x.parquet"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
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
    write = pieces.piece_write

    def write_after_a_cancellation(piece, path, *, progress):
        jobs.cancel(export.job_id)
        wait_until(lambda: _is_lost(progress), timeout_s=10)
        write(piece, path, progress=progress)

    monkeypatch.setattr(pieces, "piece_write", write_after_a_cancellation)
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
