"""Where along a line it is seen and where hidden: beside rays from the camera to its points.

Each point of a line has its own moment, by the line of the picture that sees it; a ray goes to it
from where the camera is then, past boxes as they are then. What draws and samples isn't asked.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from conftest_labels import cuboid
from scipy.spatial.transform import Rotation

from projection import Camera, RigidTransform, Scene, Status, Track, Trajectory, View, render
from projection.labels import Cuboid
from projection.target_spec import TargetSpec

LENSES: dict[str, dict[str, Any]] = {
    "pinhole": {"fx": 250.0, "fy": 252.0, "cx": 235.3, "cy": 150.8},
    "opencv": {
        "fx": 225.0, "fy": 227.0, "cx": 240.1, "cy": 145.7,
        "distortion": [-0.28, 0.07, 0.001, -0.0008, 0.0],
    },
    "opencv_fisheye": {
        "fx": 130.0, "fy": 132.0, "cx": 239.0, "cy": 161.0,
        "distortion": [0.04, -0.006, 0.0008, -0.0003],
    },
    "ftheta": {
        "cx": 238.0, "cy": 156.0, "reference": "backward",
        "pixeldist_to_angle": [0.0, 1 / 150.0, 2e-7, 8e-10],
    },
    "mei": {
        "fx": 310.0, "fy": 305.0, "cx": 235.0, "cy": 165.0, "xi": 1.4,
        "distortion": [-0.1, 0.05, 0.0004, 0.0007],
    },
    "double_sphere": {
        "fx": 125.0, "fy": 127.0, "cx": 240.0, "cy": 160.0, "xi": -0.2, "alpha": 0.6,
    },
    "woodscape": {"k": [120.0, -11.0, 17.0, -2.5], "cx": 241.0, "cy": 160.0, "aspect_ratio": 1.0},
    "cylindrical": {"fx": 120.0, "fy": 120.0, "cx": 237.0, "cy": 157.0},
}  # fmt: skip
LIMITS = {"opencv_fisheye": 1.8, "ftheta": 1.65}
FORWARD = Rotation.from_quat([-0.5, 0.5, -0.5, 0.5])
DRIVE = Trajectory(
    np.arange(-1, 3) * 10**8,
    [[-1.2, 0.0, 0.0], [0.0, 0.0, 0.0], [1.2, 0.02, 0.0], [2.4, 0.1, 0.0]],
    Rotation.from_euler("z", np.array([[-0.03], [0.0], [0.03], [0.09]])).as_quat(),
)
SCALE = np.array([0.9, 0.9, 0.85])
SIZE_PX = (480, 320)
#: Points of a line so near to where rays beside theirs say otherwise may be either; px.
NEAR_PX = 3.0


@dataclass(frozen=True)
class Rays:
    """Rays (n) from the camera, at their own times; as long as to the line's points."""

    origins_m: np.ndarray
    directions: np.ndarray
    times_ns: np.ndarray

    def meet(self, tracks: list[Track], limit_m: np.ndarray) -> np.ndarray:
        """(n,) whether one of the boxes, made smaller, is nearer than a limit (n,)."""
        found = np.zeros(len(limit_m), dtype=bool)
        for track in tracks:
            states = track.at_many(self.times_ns)
            turns = Rotation.from_quat(states.quats_xyzw).as_matrix()
            half = states.sizes_m / 2 * SCALE
            start = np.einsum("nji,nj->ni", turns, self.origins_m - states.positions_m)
            way = np.einsum("nji,nj->ni", turns, self.directions)
            with np.errstate(divide="ignore", invalid="ignore"):
                one, two = (-half - start) / way, (half - start) / way
            near, far = np.minimum(one, two).max(axis=1), np.maximum(one, two).min(axis=1)
            found |= (near <= far) & (far > 0.0) & (near < limit_m)
        return found


def box(number: int, rng: np.random.Generator, *, moving: bool) -> dict[str, Any]:
    angle, away = rng.uniform(0.0, 2.0 * np.pi), rng.uniform(6.5, 22.0)
    speed = np.array([*rng.normal(0.0, 8.0, 2), 0.0]) * moving
    yaw, rate = rng.uniform(-3.0, 3.0), rng.normal(0.0, 0.5) * moving
    place = np.array([away * np.cos(angle), away * np.sin(angle), 0.8])
    keyframes = [
        {
            "time_ns": str(round(seconds * 1e9)),
            "position_m": (place + seconds * speed).tolist(),
            "quat_xyzw": Rotation.from_euler("z", yaw + seconds * rate).as_quat().tolist(),
        }
        for seconds in (-0.1, 0.2)
    ]
    size = rng.uniform([1.0, 0.8, 1.2], [5.0, 2.2, 2.2]).tolist()
    return cuboid(f"box-{number}", keyframes=keyframes, size_m=size)


def lines(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Lanes from behind the camera to far ahead, one right below it, a ring behind all boxes."""
    found = {
        f"lane {y}": np.array([[-40.0, y, 0.02], [2.0, y, 0.02], [60.0, y + 0.3, 0.02]])
        for y in (0.0, 1.75, -3.5)
    }
    angle = np.linspace(0.0, 2.0 * np.pi, 30)
    found["ring"] = np.stack([26.0 * np.cos(angle), 26.0 * np.sin(angle), 0.0 * angle + 0.6], 1)
    for number in range(3):
        steps = rng.normal(0.0, 6.0, (rng.integers(2, 6), 3)) * [1.0, 1.0, 0.05]
        start = [*rng.normal(0.0, 8.0, 2), rng.uniform(0.0, 1.0)]
        found[f"zigzag {number}"] = np.cumsum(steps, axis=0) + start
    return found


def view_of(model: str, direction: str | None, turn: tuple[float, float]) -> View:
    spec: dict[str, Any] = {"name": model, "model": model, "params": LENSES[model]}
    spec["width"], spec["height"] = SIZE_PX
    if model in LIMITS:
        spec["max_angle_rad"] = LIMITS[model]
    shutter = None
    if direction is not None:
        shutter = {"type": "rolling", "direction": direction, "line_delay_ns": 90_000.0}
    quat = (Rotation.from_euler("zy", turn) * FORWARD).as_quat()
    mount = RigidTransform([1.2, 0.0, 1.6], quat)
    return View(Camera.from_dict(spec), mount, DRIVE, 0, shutter)


def rays_to(view: View, points: np.ndarray, uv: np.ndarray) -> Rays:
    offsets = np.zeros(len(uv))
    if view.shutter.is_rolling:
        offsets = view.shutter.offset_ns(uv, *SIZE_PX)
    times = np.rint(offsets).astype(np.int64)
    origins = DRIVE.at(times).apply(view.ego_from_camera.position_m[None])
    return Rays(origins, points - origins, times)


def in_doubt(
    view: View, rays: Rays, uv: np.ndarray, tracks: list[Track], hidden: np.ndarray
) -> np.ndarray:
    """(n,) whether rays a little beside, or ones that end a little sooner or later, differ."""
    range_m = np.linalg.norm(rays.directions, axis=1)
    doubt = ((uv < NEAR_PX) | (uv > np.array(SIZE_PX) - 1.0 - NEAR_PX)).any(axis=1)
    turns = Rotation.from_quat(DRIVE.at(rays.times_ns).quat_xyzw)
    turns *= Rotation.from_quat(view.ego_from_camera.quat_xyzw)
    for du in (-NEAR_PX, 0.0, NEAR_PX):
        for dv in (-NEAR_PX, 0.0, NEAR_PX):
            own, status = view.camera.unproject(uv + np.array([du, dv]))
            beside = np.where((status == Status.OK)[:, None], turns.apply(np.nan_to_num(own)), 1.0)
            moved = Rays(rays.origins_m, beside * range_m[:, None], rays.times_ns)
            for part in (0.97, 1.03):
                doubt |= moved.meet(tracks, part * nearer(range_m)) != hidden
    return doubt


def nearer(range_m: np.ndarray) -> np.ndarray:
    """What hides a line is so near, as a share of the way: its own ground doesn't."""
    return 1.0 - np.maximum(0.1, 0.01 * range_m) / range_m


@pytest.mark.parametrize("model", LENSES)
@pytest.mark.parametrize(
    ("direction", "turn"),
    [(None, (0.0, 0.15)), (None, (2.0, 0.6)), ("top_to_bottom", (0.4, 0.1)),
     ("right_to_left", (-2.5, 0.5))],
)  # fmt: skip
def test_spans_of_lines_are_what_rays_to_their_points_say(
    model: str, direction: str | None, turn: tuple[float, float]
) -> None:
    rng = np.random.default_rng(sorted(LENSES).index(model))
    view = view_of(model, direction, turn)
    boxes = [box(number, rng, moving=direction is not None) for number in range(28)]
    world = lines(rng)
    drawn = [
        {"id": name, "class": "lane", "geometry": "polyline", "closed": False,
         "vertices_m": vertices.tolist(), "attributes": {}}
        for name, vertices in world.items()
    ]  # fmt: skip
    scene = Scene.from_labels([*boxes, *drawn])
    tracks = [Track(label) for label in scene.label_sets[0].labels if isinstance(label, Cuboid)]
    targets = render(view, scene, spec=TargetSpec.from_dict({"targets": ["polyline"]}))
    compared = hidden_count = wrong = 0
    for name, vertices in world.items():
        parameter = np.linspace(0.0, len(vertices) - 1.0, 600, endpoint=False)
        index = parameter.astype(int)
        share = (parameter - index)[:, None]
        points = vertices[index] * (1.0 - share) + vertices[index + 1] * share
        uv, _, status = view.project_world(points)
        seen = status == Status.OK
        if not seen.any():
            continue
        uv, points, parameter = uv[seen], points[seen], parameter[seen]
        rays = rays_to(view, points, uv)
        hidden = rays.meet(tracks, nearer(np.linalg.norm(rays.directions, axis=1)))
        said = np.full(len(uv), -1)
        target = targets.of(name)
        for piece in (target.pieces or []) if target is not None else []:
            low, high = piece.parameter[[0, -1]]
            within = (parameter >= low) & (parameter <= high)
            said[within] = not piece.visible
        sure = ~in_doubt(view, rays, uv, tracks, hidden)
        wrong += int((said[sure] != hidden[sure]).sum())
        compared += int(sure.sum())
        hidden_count += int((sure & hidden).sum())
    assert compared > 100
    assert hidden_count > 20
    # The corner of a box may come between the rays beside a point's own.
    assert wrong <= 0.002 * compared
