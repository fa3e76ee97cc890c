"""How exact projection is: beside reference vectors, dense samples, hulls, and pycocotools."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from scipy.spatial.transform import Rotation

from bench.table import Line, SkippedError, benchmark
from projection import (
    Camera,
    CuboidState,
    RigidTransform,
    Status,
    Trajectory,
    View,
    project_cuboid,
)
from projection.rle import encode_mask

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "cameras.json"
VECTORS = ROOT.parent / "shared" / "vectors"
#: px that vectors allow: of cameras (relative beyond 10,000 px), of rolling shutters.
CAMERA_PX, ROLLING_PX = 1e-8, 5e-3
#: px that tight boxes may be off: of straight edges, and of bent ones.
STRAIGHT_PX, BENT_PX = 1e-9, 0.3
_BOXES, _SAMPLES, _MASKS = 400, 1000, 300
_EDGES = [(a, a | 1 << axis) for axis in range(3) for a in range(8) if not a >> axis & 1]
_NEAREST_M = 0.1


def _still(camera: Camera) -> View:
    """What a camera in the world's origin sees, along its z."""
    still = Trajectory([0], [[0.0, 0.0, 0.0]], [[0.0, 0.0, 0.0, 1.0]])
    return View(camera, RigidTransform.identity(), still, 0)


def _boxes(seed: int) -> Iterator[CuboidState]:
    """Boxes all round, up to 60 m away, of any size and turn."""
    rng = np.random.default_rng(seed)
    for _ in range(_BOXES):
        place = rng.uniform([-40, -10, -40], [40, 10, 60])
        size = rng.uniform([0.125, 0.125, 0.125], [12, 5, 5])
        yield CuboidState(place, Rotation.random(rng=rng).as_quat(), size, {})


def edge_samples(corners: np.ndarray, count: int) -> np.ndarray:
    """(12 * count, 3) points along the edges of a box with corners (8, 3)."""
    share = np.linspace(0.0, 1.0, count)[:, None]
    return np.concatenate([corners[a] * (1 - share) + corners[b] * share for a, b in _EDGES])


def bent_errors(camera: Camera, seed: int = 1) -> np.ndarray:
    """(n,) px of the side furthest off of each tight box, beside samples of its edges.

    Of boxes that are wholly before the lens, and no further off the picture than it is wide.
    """
    view, errors = _still(camera), []
    for state in _boxes(seed):
        uv, status = camera.project(edge_samples(state.corners(), _SAMPLES))
        target = project_cuboid(view, state)
        if status.max() not in {Status.OK, Status.OUT_OF_IMAGE} or target is None:
            continue
        sampled = np.array([*uv.min(axis=0), *uv.max(axis=0)])
        far = np.abs(sampled - [0, 0, camera.width, camera.height]).max()
        if target.box_full is not None and far < camera.width:
            errors.append(np.abs(target.box_full - sampled).max())
    return np.array(errors)


def straight_errors(camera: Camera, seed: int = 2) -> np.ndarray:
    """(n,) px of the side furthest off of each clipped box, beside the hull of its corners."""
    view, errors = _still(camera), []
    picture = shapely.box(-0.5, -0.5, camera.width - 0.5, camera.height - 0.5)
    for state in _boxes(seed):
        corners = state.corners()
        if corners[:, 2].min() < _NEAREST_M:
            continue
        uv, _ = camera.project(corners)
        inside = shapely.MultiPoint(uv).convex_hull.intersection(picture)
        target = project_cuboid(view, state)
        # A limit of its maker's may cut a box within the picture.
        if target is not None and target.box_full is not None and inside.area > 0.0:
            errors.append(np.abs(np.array(target.box_clipped) - inside.bounds).max())
    return np.array(errors)


def camera_shares(vectors: list[dict[str, Any]]) -> tuple[np.ndarray, int]:
    """(n,) errors as shares of what is allowed, and how many points have a wrong status."""
    shares, wrong = [], 0
    for entry in vectors:
        points = entry["points"]
        uv, status = Camera.from_dict(entry["camera"]).project([point["p"] for point in points])
        for point, pixel, code in zip(points, uv, status, strict=True):
            has_pixel = code in (Status.OK, Status.OUT_OF_IMAGE)
            if not point.get("near"):
                wrong += has_pixel != point["ok"] or (code == Status.OK) != point["im"]
            if has_pixel and point["ok"]:
                size = np.abs(point["uv"]).max()
                allowed = CAMERA_PX if size < 1e4 else 1e-9 * size
                shares.append(np.abs(pixel - point["uv"]).max() / allowed)
    return np.array(shares), wrong


def rolling_errors(cases: list[dict[str, Any]]) -> tuple[np.ndarray, int]:
    """(n,) px from the nearest line that sees a point, and how many have a wrong status."""
    errors, wrong = [], 0
    for case in cases:
        camera, path = Camera.from_dict(case["camera"]), case["trajectory"]
        trajectory = Trajectory(path["times_ns"], path["positions_m"], path["quats_xyzw"])
        view = View(camera, camera.ego_from_camera, trajectory, case["time_ns"], camera.shutter)
        places = [point["p_world"] for point in case["points"]]
        uv, _, status = view.project_world(places, [p["velocity_mps"] for p in case["points"]])
        for point, pixel, code in zip(case["points"], uv, status, strict=True):
            roots = point["roots"]
            if not roots:
                wrong += code != Status.NO_SOLUTION
                continue
            errors.append(min(np.abs(pixel - root["uv"]).max() for root in roots))
            wrong += (code == Status.OK) != any(root["im"] for root in roots)
    return np.array(errors), wrong


def equal_strings() -> int:
    """How many of ``_MASKS`` masks are the same bytes as pycocotools makes."""
    from pycocotools import mask as peer

    rng, same = np.random.default_rng(3), 0
    for _ in range(_MASKS):
        height, width = rng.integers(1, 400, 2)
        # From single pixels to wide patches.
        coarse = rng.random((height // 9 + 1, width // 9 + 1)) < rng.random()
        mask = np.kron(coarse, np.ones((9, 9), np.bool_))[:height, :width]
        mask ^= rng.random((height, width)) < rng.choice([0.0, 0.01, 0.3])
        theirs = peer.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"]
        same += encode_mask(mask)["counts"] == theirs
    return same


def _at_most(name: str, found: float, bar: float, note: str) -> Line:
    return Line(name, f"{found:.1e} px", f"{bar:g} px", found / bar, 1.0, at_least=False, note=note)


def _none(name: str, wrong: int) -> Line:
    return Line(name, f"{wrong} wrong", "0", float(wrong), 0.0, at_least=False)


@benchmark("exact")
def exactness() -> Iterator[Line]:
    """Boxes through every lens, vectors of lenses and shutters, and strings of masks."""
    cameras = [Camera.from_dict(e["camera"]) for e in json.loads(GOLDEN.read_text())["cameras"]]
    for camera in cameras:
        if camera.model == "pinhole":
            errors = straight_errors(camera)
            yield _at_most(f"2D boxes beside hulls, {camera.name}", errors.max(), STRAIGHT_PX,
                           f"{len(errors)} boxes in front; clipped at the border")  # fmt: skip
        elif camera.model != "cylindrical":
            # A cylinder has a seam: what goes across it has two parts.
            errors = bent_errors(camera)
            yield _at_most(f"2D boxes beside samples, {camera.name}", errors.max(), BENT_PX,
                           f"{len(errors)} boxes, {_SAMPLES} samples an edge")  # fmt: skip
    same = equal_strings()
    yield Line(
        "masks' strings as pycocotools'", f"{same} equal", f"of {_MASKS}", same / _MASKS, 1.0
    )
    if not VECTORS.is_dir():
        message = f"the reference vectors are not at {VECTORS}"
        raise SkippedError(message)
    vectors = json.loads((VECTORS / "camera_vectors.json").read_text())["cameras"]
    shares, wrong = camera_shares(vectors)
    note = f"{len(shares)} pixels of {len(vectors)} cameras"
    yield _at_most("reference vectors, cameras", shares.max() * CAMERA_PX, CAMERA_PX, note)
    yield _none("statuses of these", wrong)
    cases = json.loads((VECTORS / "rolling_shutter_vectors.json").read_text())["cases"]
    errors, wrong = rolling_errors(cases)
    note = f"{len(errors)} pixels of {len(cases)} drives"
    yield _at_most("reference vectors, rolling shutters", errors.max(), ROLLING_PX, note)
    yield _none("statuses of these", wrong)
