"""A street of meshes drawn by projection, beside what the simulator's rays meet: pixel by pixel."""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from bench.table import Line, benchmark
from projection import Camera, Trajectory, View
from projection.raster.tessellate import Triangles, concatenate, surface
from projection.raster.zbuffer import ZBuffer, rasterise
from simulation import car_rig
from simulation.motion import PoseTrack
from simulation.recording import ClipOptions, Recording, make_recording
from simulation.rendering import Eye, Picture, Renderer
from simulation.scene import Body
from simulation.sky import sun_direction

#: Of the pixels that show a thing, here or there: PROJECTION's bar, and the one for pinholes.
SHARE, SHARE_PINHOLE = 0.9995, 0.99999
#: Width of the front camera's pictures.
_WIDTH = 960


def view_of(spec: dict[str, Any], ego: PoseTrack, time_ns: int) -> View:
    """What a simulated camera sees."""
    trajectory = Trajectory(ego.times_ns, ego.positions_m, ego.quats_xyzw)
    return View(Camera.from_dict(spec), None, trajectory, time_ns)


def street() -> Recording:
    """A drive in traffic."""
    return make_recording(ClipOptions(seed=6, ticks=2, tick_s=0.2))


def renderer_of(recording: Recording) -> Renderer:
    """Traces rays through it, one through each pixel's centre."""
    return Renderer(recording.scene, sun_direction(2.25, 0.72), smooth=False)


def drawn(recording: Recording, view: View) -> ZBuffer:
    """The street's meshes as triangles: bodies have their number plus one, all else has 0."""
    bodies = recording.scene.bodies
    parts = [_moving(body, place + 1, view) for place, body in enumerate(bodies)]
    parts += [surface(view.origin_m, mesh.corners, 0) for mesh in recording.scene.background]
    return rasterise(view, concatenate(parts, view.origin_m))


def _moving(body: Body, owner: int, view: View) -> Triangles:
    """A body's mesh where it is at the first line, and how its corners move until the last."""
    later_ns = int(np.ceil(view.duration_ns))
    turns, places = body.at(np.array([view.time_ns, view.time_ns + later_ns], dtype=np.int64))
    ends = [
        body.shape.mesh.corners @ turn.T + (place - view.origin_m)
        for turn, place in zip(turns, places, strict=True)
    ]
    speeds = (ends[1] - ends[0]) / (later_ns * 1e-9) if later_ns else np.zeros_like(ends[0])
    return surface(view.origin_m, ends[0] + view.origin_m, owner, velocities_mps=speeds)


def different(ours: np.ndarray, truth: np.ndarray) -> tuple[int, int]:
    """How many pixels differ, and how many show a thing here or there."""
    things = (ours > 0) | (truth > 0)
    return int((ours != truth)[things].sum()), int(things.sum())


@benchmark("truth")
def pixels_beside_rays() -> Iterator[Line]:
    """Every camera of the simulated car: ids as rays meet them."""
    recording = street()
    renderer = renderer_of(recording)
    time_ns = int(recording.ticks_ns[0]) + 7_654_321
    for spec in car_rig(_WIDTH).cameras:
        view = view_of(spec, recording.ego, time_ns)
        truth: Picture = renderer.render(Eye(view.camera), recording.ego, time_ns)
        start = time.perf_counter()
        ours = np.maximum(drawn(recording, view).owner, 0)
        taken_s = time.perf_counter() - start
        wrong, count = different(ours, truth.owners)
        kind = "rolling" if view.shutter.is_rolling else "global"
        yield Line(
            f"ids beside rays, {spec['name']}, {spec['model']}, {kind}",
            f"{wrong} differ",
            f"of {count}",
            1.0 - wrong / max(count, 1),
            SHARE_PINHOLE if spec["model"] == "pinhole" else SHARE,
            note=f"meshes of a street with traffic; {taken_s * 1e3:.0f} ms with their making",
        )
