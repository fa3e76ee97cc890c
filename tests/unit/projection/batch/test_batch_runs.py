"""Runs: the same bytes for any number of workers, and nothing made twice without a reason."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clip_on_disk import (
    CAMERAS,
    IMAGES,
    START_NS,
    STEP_NS,
    labels,
    write_cameras,
    write_clip,
    write_labels,
    write_trajectory,
)
from targets_on_disk import EVERYTHING, files_of

from projection.batch.plan import CHUNK_IMAGES, chunk_bounds, chunks_of
from projection.batch.report import Report
from projection.batch.run import project_clip
from projection.io import ClipFolder, FormatError, read_clip_folder
from projection.target_spec import TargetSpec

ROOT = Path(__file__).resolve().parents[4]
#: Of a camera: two small ones to begin with.
BOUNDS = [0, 4, 16, 64, IMAGES]
CHUNKS = 2 * (len(BOUNDS) - 1)


def all_of(folder: str) -> set[str]:
    return {f"{folder}/{number:06d}.parquet" for number in range(len(BOUNDS) - 1)}


LAST = {f"{folder}/{len(BOUNDS) - 2:06d}.parquet" for folder in ("front", "rear_wide")}


def run(folder: Path, out: Path, **more: Any) -> Report:
    clip = read_clip_folder(folder)
    spec = more.pop("spec", EVERYTHING)
    return project_clip(clip, clip.label_sets, spec, out, workers=more.pop("workers", 1), **more)


@pytest.mark.parametrize("workers", [2, 4])
def test_more_workers_write_the_same_bytes_as_one(
    clip: ClipFolder, projected: Path, tmp_path: Path, workers: int
) -> None:
    project_clip(clip, clip.label_sets, EVERYTHING, tmp_path, workers=workers)
    assert files_of(tmp_path) == files_of(projected)


def test_the_order_of_labels_changes_no_byte(projected: Path, tmp_path: Path) -> None:
    folder = write_clip(tmp_path / "clip", labels()[::-1])
    run(folder, tmp_path / "out")
    changed = files_of(tmp_path / "out")
    assert changed == files_of(projected)


def test_a_second_run_makes_nothing(projected: Path, clip: ClipFolder) -> None:
    before = files_of(projected)
    report = project_clip(clip, clip.label_sets, EVERYTHING, projected, workers=1)
    assert [len(report.made), len(report.reused)] == [0, CHUNKS]
    assert files_of(projected) == before


def test_progress_counts_every_image_once(clip: ClipFolder, tmp_path: Path) -> None:
    for workers in (1, 2):
        told: list[tuple[int, int]] = []
        spec = TargetSpec(targets=("box2d_clipped",))
        project_clip(
            clip, clip.label_sets, spec, tmp_path / str(workers), workers=workers,
            progress=lambda done, total: told.append((done, total)),  # noqa: B023
        )  # fmt: skip
        assert told[0] == (0, 2 * IMAGES)
        assert told[-1] == (2 * IMAGES, 2 * IMAGES)
        assert told == sorted(told)


def edit_label(folder: Path, change: Callable[[dict[str, dict[str, Any]]], None]) -> None:
    entries = labels()
    change({entry["id"]: entry for entry in entries})
    write_labels(folder, entries)


def move_behind(entries: dict[str, dict[str, Any]]) -> None:
    for keyframe in entries["behind"]["keyframes"]:
        keyframe["position_m"][1] += 0.25


def turn_rear(folder: Path) -> None:
    rear = {**CAMERAS[1], "params": {**CAMERAS[1]["params"], "fx": 91.0}}
    write_cameras(folder, [CAMERAS[0], rear])


def sway_at_the_end(folder: Path) -> None:
    last_ns = START_NS + STEP_NS * (IMAGES - 4)
    write_trajectory(folder, START_NS + 10_000_000 * np.arange(-30, 560), sway_from_ns=last_ns)


@pytest.mark.parametrize(
    ("change", "reason", "remade"),
    [
        (
            lambda folder: edit_label(folder, move_behind),
            "labels that it may show changed",
            all_of("rear_wide"),
        ),
        (
            turn_rear,
            "the camera's calibration changed",
            all_of("rear_wide"),
        ),
        (
            sway_at_the_end,
            "the trajectory changed",
            LAST,
        ),
    ],
)
def test_only_what_a_change_touches_is_made_again(
    tmp_path: Path, change: Callable[[Path], None], reason: str, remade: set[str]
) -> None:
    folder = write_clip(tmp_path / "clip")
    run(folder, tmp_path / "out")
    change(folder)
    report = run(folder, tmp_path / "out")
    assert {chunk.name: chunk.reason for chunk in report.made} == dict.fromkeys(remade, reason)
    run(folder, tmp_path / "afresh")
    assert files_of(tmp_path / "out") == files_of(tmp_path / "afresh")


def test_a_changed_spec_makes_everything_again_and_clears_away_the_rest(tmp_path: Path) -> None:
    folder = write_clip(tmp_path / "clip")
    run(folder, tmp_path / "out", spec=TargetSpec(targets=("box2d_clipped", "id_picture")))
    spec = TargetSpec.from_dict({"targets": ["box2d_full"], "cameras": ["front"]})
    report = run(folder, tmp_path / "out", spec=spec)
    assert {chunk.reason for chunk in report.chunks} == {"the target spec changed"}
    assert f"id_pictures/rear_wide/{START_NS}.png" in report.removed
    run(folder, tmp_path / "afresh", spec=spec)
    old = {n: b for n, b in files_of(tmp_path / "out").items() if not n.startswith("id_pictures")}
    assert old == files_of(tmp_path / "afresh")


def test_a_label_s_version_is_in_its_rows_and_counts_as_a_change(tmp_path: Path) -> None:
    folder = write_clip(tmp_path / "clip")
    run(folder, tmp_path / "out", versions={("all", "behind"): 3})
    report = run(folder, tmp_path / "out", versions={("all", "behind"): 4})
    assert {chunk.camera for chunk in report.made} == {"rear wide"}


def test_a_file_that_was_cut_short_is_made_again(tmp_path: Path) -> None:
    folder = write_clip(tmp_path / "clip")
    run(folder, tmp_path / "out")
    whole = files_of(tmp_path / "out")
    path = tmp_path / "out/targets/front/000001.parquet"
    path.write_bytes(path.read_bytes()[:-40])
    report = run(folder, tmp_path / "out")
    assert [chunk.name for chunk in report.made] == ["front/000001.parquet"]
    assert files_of(tmp_path / "out") == whole


def start(folder: Path, out: Path, *more: str) -> subprocess.Popen[str]:
    # A shell has what it runs in the background ignore Ctrl-C, and so would this.
    command = ["env", "--default-signal=INT", sys.executable, "-m", "projection"]
    command += [str(folder), "--out", str(out), "--quiet"]
    return subprocess.Popen(
        [*command, "--workers", "2", *more], cwd=ROOT, text=True, stderr=subprocess.PIPE
    )


def wait_for_a_chunk(out: Path, process: subprocess.Popen[str]) -> None:
    """Until there is a chunk, and workers that make the others."""
    for _ in range(12000):
        if process.poll() is not None:
            return
        if any(out.glob("targets/*/*.parquet")) and children_of(process):
            return
        time.sleep(0.005)


def children_of(process: subprocess.Popen[str]) -> list[int]:
    text = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(pid) for pid in text.split()]


def is_gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return True
    return state == "Z"


@pytest.fixture
def long_clip(tmp_path: Path) -> Path:
    """A clip that takes some seconds, in chunks enough to be stopped between them."""
    folder = write_clip(tmp_path / "clip")
    large = [{**CAMERAS[0], "name": f"front{n}", "width": 1280, "height": 800} for n in range(12)]
    write_cameras(folder, large)
    rows = ["camera,time_ns,path"]
    for camera in large:
        rows += [f"{camera['name']},{START_NS + STEP_NS * index}," for index in range(IMAGES)]
    (folder / "images.csv").write_text("\n".join(rows) + "\n")
    return folder


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_run_goes_on_where_it_was(
    long_clip: Path, tmp_path: Path, sent: signal.Signals
) -> None:
    out = tmp_path / "out"
    process = start(long_clip, out)
    wait_for_a_chunk(out, process)
    workers = children_of(process)
    assert workers
    os.kill(process.pid, sent)
    _, complaint = process.communicate(timeout=60)
    for _ in range(500):
        if all(is_gone(pid) for pid in workers):
            break
        time.sleep(0.01)
    assert all(is_gone(pid) for pid in workers)
    assert not (out / "manifest.json").exists()
    if sent == signal.SIGINT:
        assert process.returncode == 130
        assert complaint == "stopped; the same command goes on where this one was\n"
        assert not list(out.rglob("*.partial"))
    report = run(long_clip, out, spec=TargetSpec())
    assert 0 < len(report.reused) < len(report.chunks)
    run(long_clip, tmp_path / "afresh", spec=TargetSpec())
    assert files_of(out) == files_of(tmp_path / "afresh")


def test_a_worker_that_dies_is_told_in_a_sentence(long_clip: Path, tmp_path: Path) -> None:
    process = start(long_clip, tmp_path / "out")
    wait_for_a_chunk(tmp_path / "out", process)
    os.kill(children_of(process)[0], signal.SIGKILL)
    _, complaint = process.communicate(timeout=60)
    assert process.returncode == 1
    assert complaint == "a worker process ended unexpectedly (is there enough memory?)\n"


def test_chunks_are_cut_by_image_numbers_whatever_is_sampled(clip: ClipFolder) -> None:
    spec = TargetSpec.from_dict(
        {"targets": ["corners"], "cameras": ["front"], "sampling": {"every": 3}}
    )
    times = [[image.time_ns for image in chunk.images] for chunk in chunks_of(clip, spec)]
    assert times == [
        [START_NS + STEP_NS * index for index in range(first, last) if index % 3 == 0]
        for first, last in pairwise(BOUNDS)
    ]


@pytest.mark.parametrize("count", [1, 4, 5, 16, 17, 64, 65, 128, 1000])
def test_chunks_begin_small_and_hold_every_image_once(count: int) -> None:
    bounds = chunk_bounds(count)
    assert bounds == sorted(set(bounds))
    assert [bounds[0], bounds[-1]] == [0, count]
    assert max(last - first for first, last in pairwise(bounds)) <= CHUNK_IMAGES
    assert bounds[1] <= 4


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        (
            {"cameras": ["left"]},
            'cameras: expected cameras of the clip (front, rear wide), found "',
        ),
        ({"sampling": {"only_pictures": True}}, "sampling: expected a span with images of the cl"),
    ],
)
def test_a_spec_that_takes_nothing_is_refused(
    clip: ClipFolder, spec: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(FormatError) as caught:
        chunks_of(clip, TargetSpec.from_dict({"targets": ["corners"], **spec}))
    assert sentence in str(caught.value)
