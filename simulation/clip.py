"""Whole clips: a street, a drive through it, every sensor's data, and the perfect labels."""

from __future__ import annotations

import shutil
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from projection import Camera
from simulation.labels import objects_label_set, road_label_set
from simulation.lidar import Lidar
from simulation.recording import MARGIN_S, ROAD_AHEAD_M, ClipOptions, Recording, make_recording
from simulation.rendering import Eye, Renderer
from simulation.rig import Rig, car_rig
from simulation.sky import sun_direction
from simulation.writing import write_csv, write_jpeg, write_json, write_png, write_trajectory

if TYPE_CHECKING:
    from collections.abc import Callable


ROAD_BEHIND_M = 60.0


@dataclass(frozen=True, slots=True)
class ClipSummary:
    """What was written.

    Attributes:
        path: The clip's folder.
        images: Rows of images.csv.
        pictures: Picture files.
        sweeps: Sweep files.
        object_labels: Cuboids.
        road_labels: Polylines and polygons.
        duration_s: From the first to the last tick.
    """

    path: Path
    images: int
    pictures: int
    sweeps: int
    object_labels: int
    road_labels: int
    duration_s: float


def _margin_s(rig: Rig, cameras: list[Camera], lidar: Lidar, options: ClipOptions) -> float:
    """Return the margin that the slowest shutter, the oddest phase and the lidar's turn need."""
    needed = lidar.turn_s / 2.0
    for camera in cameras:
        phase = rig.phases.get(camera.name, 0.0)
        read_out_s = camera.shutter.duration_ns(camera.width, camera.height) / 1e9
        needed = max(needed, (phase - 1.0) * options.tick_s + read_out_s, -phase * options.tick_s)
    return max(MARGIN_S, needed + 0.01)


def image_times(rig: Rig, recording: Recording) -> list[tuple[int, int]]:
    """Return (camera's place in the rig, time_ns) of all images, by camera and time."""
    tick_ns = round(recording.options.tick_s * 1e9)
    return [
        (place, int(tick) + round(rig.phases.get(camera["name"], 0.0) * tick_ns))
        for place, camera in enumerate(rig.cameras)
        for tick in recording.ticks_ns
    ]


def make_clip(
    out_dir: str | Path,
    *,
    rig: Rig | None = None,
    width: int = 480,
    lidar: Lidar | None = None,
    options: ClipOptions | None = None,
    progress: Callable[[int, int], None] | None = None,
    **changes: float | bool,
) -> ClipSummary:
    """Write a simulated clip as a clip folder `labelapp-clip/1` and return what was written.

    It is written beside `out_dir` under a temporary name and moved there when it is whole.

    Args:
        out_dir: Must not exist, or be an empty folder.
        rig: The cameras; the eight of `car_rig(width)` where none is given.
        width: Columns of the main camera of that rig.
        lidar: Its lidar; the usual one where none is given.
        options: How it is made.
        progress: Called with (pictures and sweeps done, of how many).
        changes: Single fields of `ClipOptions`, over `options`.

    Raises:
        FileExistsError: There is something at `out_dir`.
        ValueError: An option or a camera is not what it should be.
    """
    target = Path(out_dir)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise FileExistsError(f"{target}: expected a new or an empty folder, found one with files")
    chosen = replace(options or ClipOptions(), **changes)  # type: ignore[arg-type]  # checked there
    rig = rig or car_rig(width)
    cameras = [Camera.from_dict(spec) for spec in rig.cameras]
    lidar = lidar or Lidar()
    recording = make_recording(chosen, margin_s=_margin_s(rig, cameras, lidar, chosen))
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    if partial.exists():
        shutil.rmtree(partial)
    partial.mkdir()
    try:
        writer = _Writer(partial, rig, cameras, lidar, recording)
        summary = writer.write(progress or (lambda _done, _total: None))
        if target.exists():
            target.rmdir()
        partial.rename(target)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return replace(summary, path=target)


class _Writer:
    """Writes one clip into a folder that is there and empty."""

    def __init__(
        self, root: Path, rig: Rig, cameras: list[Camera], lidar: Lidar, recording: Recording
    ) -> None:
        self._root = root
        self._rig = rig
        self._cameras = cameras
        self._lidar = lidar
        self._recording = recording
        self._options = recording.options

    def write(self, progress: Callable[[int, int], None]) -> ClipSummary:
        """Write everything and return what."""
        recording, options = self._recording, self._options
        images = image_times(self._rig, recording)
        objects, roads = self._write_labels()
        self._write_index(images)
        write_trajectory(self._root / "trajectory.csv", recording.ego)
        if options.pictures or options.sweeps:
            self._write_data(images, progress)
        return ClipSummary(
            path=self._root,
            images=len(images),
            pictures=len(images) if options.pictures else 0,
            sweeps=options.ticks if options.sweeps else 0,
            object_labels=objects,
            road_labels=roads,
            duration_s=float(recording.ticks_ns[-1] - recording.ticks_ns[0]) / 1e9,
        )

    def _write_labels(self) -> tuple[int, int]:
        recording = self._recording
        objects = objects_label_set(recording.scene.bodies, int(recording.ego.times_ns[0]))
        road = road_label_set(
            recording.street,
            np.random.default_rng([self._options.seed, 7]),
            first_m=-ROAD_BEHIND_M,
            last_m=recording.last_m + ROAD_AHEAD_M,
            piece_m=self._options.piece_m,
        )
        write_json(self._root / "labels" / "objects.json", objects)
        write_json(self._root / "labels" / "road.json", road)
        return len(objects["labels"]), len(road["labels"])

    def _image_path(self, place: int, time_ns: int) -> str:
        return f"images/{self._rig.cameras[place]['name']}/{time_ns}.jpg"

    def _sweep_path(self, time_ns: int) -> str:
        return f"sweeps/{self._lidar.name}/{time_ns}.npy"

    def _write_index(self, images: list[tuple[int, int]]) -> None:
        """Write clip.json, images.csv and sweeps.csv."""
        options = self._options
        manifest = {
            "format": "labelapp-clip/1",
            "name": f"simulated-street-{options.seed}",
            "cameras": list(self._rig.cameras),
            "lidars": [self._lidar.to_dict()] if options.sweeps else [],
            "origin": None,
            "attributes": {
                "simulated": True,
                "seed": options.seed,
                "place": "street",
                "weather": "sunny",
            },
        }
        write_json(self._root / "clip.json", manifest, indent=1)
        names = [camera["name"] for camera in self._rig.cameras]
        rows = (
            (names[place], time, self._image_path(place, time) if options.pictures else "")
            for place, time in images
        )
        write_csv(self._root / "images.csv", ("camera", "time_ns", "path"), rows)
        ticks = [int(t) for t in self._recording.ticks_ns] if options.sweeps else []
        sweeps = ((self._lidar.name, t, self._sweep_path(t), "ego") for t in ticks)
        write_csv(self._root / "sweeps.csv", ("lidar", "time_ns", "path", "frame"), sweeps)

    def _write_data(
        self, images: list[tuple[int, int]], progress: Callable[[int, int], None]
    ) -> None:
        """Render pictures and sweeps on threads; the kernels let go of the interpreter's lock."""
        options, recording = self._options, self._recording
        renderer = Renderer(recording.scene, sun_direction(2.25, 0.72), smooth=options.smooth)
        eyes = [Eye(camera) for camera in self._cameras] if options.pictures else []
        jobs: list[Callable[[], None]] = []
        if options.sweeps:
            (self._root / "sweeps" / self._lidar.name).mkdir(parents=True)
            jobs += [self._sweep_job(renderer, n) for n in range(options.ticks)]
        if options.pictures:
            for camera in self._rig.cameras:
                (self._root / "images" / camera["name"]).mkdir(parents=True)
            if options.truth:
                self._prepare_truth()
            jobs += [
                self._picture_job(renderer, eyes[place], place, time) for place, time in images
            ]
        done = 0
        progress(done, len(jobs))
        with ThreadPoolExecutor(options.threads) as pool:
            waiting = {pool.submit(job) for job in jobs}
            try:
                while waiting:
                    finished, waiting = wait(waiting, timeout=0.5, return_when=FIRST_EXCEPTION)
                    for future in finished:
                        future.result()
                    done += len(finished)
                    progress(done, len(jobs))
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise

    def _sweep_job(self, renderer: Renderer, number: int) -> Callable[[], None]:
        def job() -> None:
            # A stream of its own, so that the order in which threads come to it doesn't matter.
            rng = np.random.default_rng([self._options.seed, 11, number])
            time_ns = int(self._recording.ticks_ns[number])
            points = self._lidar.sweep(renderer, self._recording.ego, time_ns, rng)
            np.save(self._root / self._sweep_path(time_ns), points)

        return job

    def _picture_job(
        self, renderer: Renderer, eye: Eye, place: int, time_ns: int
    ) -> Callable[[], None]:
        def job() -> None:
            picture = renderer.render(eye, self._recording.ego, time_ns)
            write_jpeg(self._root / self._image_path(place, time_ns), picture.rgb)
            if self._options.truth:
                name = f"{self._rig.cameras[place]['name']}/{time_ns}"
                write_png(self._root / "truth" / "ids" / f"{name}.png", picture.owners)
                np.save(self._root / "truth" / "range" / f"{name}.npy", picture.range_m)

        return job

    def _prepare_truth(self) -> None:
        for camera in self._rig.cameras:
            for kind in ("ids", "range"):
                (self._root / "truth" / kind / camera["name"]).mkdir(parents=True)
        bodies = self._recording.scene.bodies
        ids = {str(number + 1): body.label_id for number, body in enumerate(bodies)}
        write_json(self._root / "truth" / "ids.json", ids, indent=1)
