"""Kernels are compiled before anybody waits for them: all of them, and that is noted."""

import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

from labelapp.datasets import small_scene, warming

ROOT = Path(__file__).resolve().parents[3]
#: Projects a simulated street with its own labels, lenses and sweeps, after the small scene.
_STREET = """
import gc, json, sys
from pathlib import Path
from numba.core.registry import CPUDispatcher
from labelapp.datasets.small_scene import compile_all
from projection.batch.chunk import ChunkMaker
from projection.batch.label_table import label_table
from projection.batch.plan import camera_chunks
from projection.batch.scenery import Scenery
from projection.batch.sweeps import FolderSweeps, Sweeps
from projection.batch.ticks import TickMaker, tick_chunks
from projection.io import read_clip_folder, read_label_set
from projection.target_spec import DEFAULT_TARGETS, KINDS, TargetSpec, TargetSpecs
from simulation import make_clip

def compiled():
    return {
        (one.py_func.__module__, one.py_func.__qualname__, str(signature))
        for one in gc.get_objects() if isinstance(one, CPUDispatcher)
        for signature in one.signatures
    }

folder = Path(sys.argv[1]) / "street"
make_clip(folder, pictures=False, ticks=3, width=320)
clip = read_clip_folder(folder)
labels = [read_label_set(json.loads(path.read_text()), path.name)
          for path in sorted((folder / "labels").glob("*.json"))]
table = label_table(labels)
boxes = tuple(entry for entry in table if entry.label.geometry == "cuboid")
scenery = Scenery(sweeps=Sweeps(FolderSweeps(clip)))
grid = {"frame": "ego", "origin_m": [-8, -14], "resolution_m": 0.5, "size": [80, 56]}
space = {**grid, "origin_m": [-8, -14, -1], "size": [80, 56, 8]}
more = {"bev": {"grid": grid}, "flow": {"grid": grid},
        "occupancy": {"space": space, "sweeps": {"within_s": 0.2}}}
compile_all()
before = compiled()
for kind in (None, *KINDS):
    if kind is None:
        specs = TargetSpecs.of(TargetSpec(targets=DEFAULT_TARGETS))
    else:
        specs = TargetSpecs.from_dict({"kind": kind, **more.get(kind, {})})
    heads = [spec for _, spec in specs.heads]
    for labelled in (table, boxes):
        maker = ChunkMaker(labelled, clip.trajectory, specs, Path(), scenery)
        for camera in clip.cameras:
            images = clip.images_of(camera.name)[:2]
            for chunk in camera_chunks(camera, camera.name, images, heads):
                maker.tables(chunk, Path(sys.argv[1]))
    ticks = TickMaker(table, clip.trajectory, specs.heads, Path(), scenery)
    for piece in tick_chunks(clip.ticks_ns()[:1], clip.trajectory, heads):
        ticks.make(piece, folder=Path(sys.argv[1]))
new = compiled() - before
assert len(before) > 50, len(before)
assert not new, "\\n".join(map(str, sorted(new)))
"""


@pytest.mark.slow
def test_after_the_small_scene_a_street_compiles_nothing_more(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _STREET, str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch) -> Path:
    """Where nothing has been compiled yet."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "code"))
    return tmp_path / "code"


def test_it_is_noted_only_when_all_is_compiled(elsewhere: Path, monkeypatch) -> None:
    assert not warming.are_compiled()

    def break_off() -> None:
        raise MemoryError

    monkeypatch.setattr(small_scene, "compile_all", break_off)
    with pytest.raises(MemoryError):
        warming.main()
    assert not warming.are_compiled()
    monkeypatch.setattr(small_scene, "compile_all", lambda: None)
    assert warming.main() == 0
    assert warming.are_compiled()
    # Of other sources, or by another compiler, it is none of it.
    (elsewhere / "kernels.compiled").write_text("another")
    assert not warming.are_compiled()


def test_one_process_compiles_and_others_leave_it_to_it(elsewhere: Path, monkeypatch) -> None:
    elsewhere.mkdir()
    calls: list[int] = []
    monkeypatch.setattr(small_scene, "compile_all", lambda: calls.append(1))
    with (elsewhere / "kernels.compiled.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert warming.main() == 0
        assert not calls
    warming.main()
    warming.main()
    assert calls == [1]
