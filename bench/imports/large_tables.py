"""Tables of nuScenes as large as those of its whole training set: read in a memory that is bounded.

``python -m bench imports.large_tables`` writes some 1.8 GB to the temporary folder. The 850 scenes
are drives at other times and places than the clip, but one.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.table import Line, benchmark

_START_US = 1_500_000_000_000_000
_SCENES, _SAMPLES, _BOXES, _SHOTS = 850, 40, 34, 12
_BAR_MB = 400.0


@benchmark("imports.large_tables", only_named=True)
def large_tables() -> Iterator[Line]:
    """Peak memory and rate of reading one scene of tables whose largest has over 512 MiB."""
    with tempfile.TemporaryDirectory(prefix="labelapp-bench-") as name:
        for scenes in (_SCENES // 10, _SCENES):
            folder = Path(name) / f"{scenes}"
            largest, total = _write(folder, scenes)
            done = subprocess.run(
                [sys.executable, "-m", __name__, str(folder)],
                check=True, capture_output=True, text=True,
            )  # fmt: skip
            found = json.loads(done.stdout)
            yield Line(
                f"nuScenes tables of {scenes} scenes, one of them imported",
                f"{found['peak_mb']:,.0f} MB at most, {found['cpu_s']:,.0f} s of CPU",
                f"{total / 1e6:,.0f} MB of tables, {largest / 1e6:,.0f} MB the largest",
                _BAR_MB / found["peak_mb"],
                1.0,
                note=f"{found['labels']} labels; {total / 1e6 / found['cpu_s']:,.0f} MB/s",
            )


def _write(folder: Path, scenes: int) -> tuple[int, int]:
    """Write tables; return the bytes of the largest, and of all."""
    version = folder / "v1.0-trainval"
    version.mkdir(parents=True)
    tables: dict[str, Callable[[int], Iterator[dict[str, Any]]]] = {
        "log": lambda _: iter(()),
        "category": lambda scene: iter([{"token": "c", "name": "car"}] if scene == 0 else ()),
        "scene": lambda scene: iter([{"token": f"s{scene}", "name": f"scene-{scene:04d}",
                                      "log_token": "", "description": ""}]),
        "instance": lambda scene: ({"token": f"i{scene}-{box}", "category_token": "c"}
                                   for box in range(_BOXES)),
        "sample": _samples,
        "sample_data": _shots,
        "ego_pose": _poses,
        "sample_annotation": _annotations,
    }  # fmt: skip
    sizes = []
    for name, rows_of in tables.items():
        path = version / f"{name}.json"
        with path.open("w") as file:
            comma = "["
            for scene in range(scenes):
                for row in rows_of(scene):
                    # As the data set's own files are.
                    file.write(comma + "\n" + json.dumps(row, indent=0))
                    comma = ","
            file.write("[]" if comma == "[" else "\n]")
        sizes.append(path.stat().st_size)
    return max(sizes), sum(sizes)


def _long(kind: str, *numbers: int) -> str:
    """Return a token of 32 characters, as theirs are."""
    return f"{kind}{'-'.join(map(str, numbers))}".ljust(32, "0")


def _time_us(scene: int, sample: int) -> int:
    return _START_US + (scene * 60 + sample) * 500_000


def _samples(scene: int) -> Iterator[dict[str, Any]]:
    for sample in range(_SAMPLES):
        yield {"token": _long("p", scene, sample), "timestamp": _time_us(scene, sample),
               "scene_token": f"s{scene}"}  # fmt: skip


def _shots(scene: int) -> Iterator[dict[str, Any]]:
    for sample in range(_SAMPLES):
        for shot in range(_SHOTS * 5):
            token = _long("d", scene, sample, shot)
            yield {"token": token, "sample_token": _long("p", scene, sample),
                   "ego_pose_token": token, "calibrated_sensor_token": _long("k", shot),
                   "timestamp": _time_us(scene, sample), "fileformat": "jpg",
                   "is_key_frame": shot < _SHOTS, "height": 900, "width": 1600,
                   "filename": f"samples/CAM_FRONT/n015-2018-07-18-11-07-57+0800__{token}.jpg",
                   "prev": token, "next": token}  # fmt: skip


def _poses(scene: int) -> Iterator[dict[str, Any]]:
    for sample in range(_SAMPLES):
        for shot in range(_SHOTS * 5):
            yield {"token": _long("d", scene, sample, shot),
                   "timestamp": _time_us(scene, sample), "rotation": [1.0, 0.0, 0.0, 0.0],
                   "translation": [sample * 4.123456789, 0.0, 0.0]}  # fmt: skip


def _annotations(scene: int) -> Iterator[dict[str, Any]]:
    for sample in range(_SAMPLES):
        for box in range(_BOXES):
            yield {"token": _long("a", scene, sample, box),
                   "sample_token": _long("p", scene, sample), "instance_token": f"i{scene}-{box}",
                   "visibility_token": "4", "attribute_tokens": [],
                   "translation": [1.123456 * box, 12.3456789, 0.987654],
                   "size": [1.92, 4.61, 1.63], "rotation": [1.0, 0.0, 0.0, 0.0],
                   "prev": _long("a", scene, sample, box), "next": _long("a", scene, sample, box),
                   "num_lidar_pts": box, "num_radar_pts": 0}  # fmt: skip


def _read(folder: Path) -> dict[str, float]:
    """Read the third scene as a worker would; return what that took."""
    import numpy as np

    from labelapp.clips.manifest import Manifest
    from labelapp.imports.files import Files
    from labelapp.imports.formats import nuscenes
    from labelapp.imports.reading import ClipGeometry
    from projection import Trajectory

    times = np.array([_time_us(2, one) * 1000 for one in range(_SAMPLES)], dtype=np.int64)
    places = np.c_[np.arange(_SAMPLES) * 4.123456789, np.zeros((_SAMPLES, 2))]
    trajectory = Trajectory(times, places, np.tile([0.0, 0.0, 0.0, 1.0], (_SAMPLES, 1)))
    first, last = int(times[0]), int(times[-1])
    manifest = Manifest("one", first, last, times.tolist(), [], [], [], None, {}, None)
    geometry = ClipGeometry(manifest, trajectory)
    began = time.process_time()
    with Files.at(folder) as files:
        scene = nuscenes.recordings(files)[2]
        labels = nuscenes.read(files, scene, geometry).labels
    return {
        "labels": len(labels),
        "cpu_s": time.process_time() - began,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
    }


if __name__ == "__main__":
    print(json.dumps(_read(Path(sys.argv[1]))))
