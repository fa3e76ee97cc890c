"""What real recordings say about themselves, beside what projection makes of their labels.

Each figure of ``../shared/data/README.md`` again: 2D boxes of DDAD and KITTI, lidar points counted
in boxes by nuScenes and Argoverse, OpenLane's pixels of lane lines, features that KITTI's stereo
pairs follow, painted lines that run on from one fisheye into the next.
"""

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from bench.projection.pictures import picture_of
from bench.table import Line, SkippedError, benchmark
from projection import CuboidState, Track, View, project_cuboid
from projection.io import ClipFolder, ImageRow, SweepRow, read_clip_folder, read_sweep
from projection.labels import Cuboid, Polyline

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
#: What is reached, px: medians and worst ones, of boxes and of vertices.
DDAD_PX, KITTI_PX, OPENLANE_PX = (0.41, 0.56), (0.32, 0.86), 1e-4
#: Clips with points counted in boxes, and how many boxes.
COUNTED = {"nuscenes_bevdet": 37, "av2_7fab2350": 162}
#: After so many frames features are so far off, px, in the median: by the poses.
FEATURES_PX = {1: 0.6, 8: 3.0}
#: Painted lines in two fisheyes are so far apart, m, in the median, laid on the road.
SEAM_M = 0.1
#: Camera of the side, another one, where the line is, and from where to where both see it well.
SEAMS = [
    ("Left", "Front", 4.9, (1.0, 6.0)),
    ("Left", "Back", 4.9, (-6.0, -2.0)),
    ("Right", "Front", -2.7, (3.0, 6.0)),
    ("Right", "Back", -2.7, (-6.0, -3.0)),
]
_SEAM_STEP_M = 0.02


def view_of(clip: ClipFolder, camera: str, time_ns: int) -> View:
    """What a clip's camera sees at a time."""
    return View(clip.camera(camera), None, clip.trajectory, time_ns)


def world_points(clip: ClipFolder, row: SweepRow) -> np.ndarray:
    """(n, 3) points of a sweep, in the world."""
    lidar = next(lidar for lidar in clip.lidars if lidar.name == row.lidar)
    points = read_sweep(clip.path / row.path, lidar.fields).positions_m
    if row.frame == "lidar":
        points = lidar.ego_from_lidar.apply(points)
    if row.frame != "world":
        points = clip.trajectory.at(row.time_ns).apply(points)
    return points


def points_inside(state: CuboidState, points: np.ndarray) -> int:
    """How many points (n, 3) lie in a box."""
    local = state.world_from_box.inverse().apply(points)
    return int((np.abs(local) <= state.size_m / 2).all(axis=1).sum())


def _cuboids(clip: ClipFolder) -> dict[str, Cuboid]:
    return {label.id: label for label in clip.label_sets[0].labels if isinstance(label, Cuboid)}


def ddad_boxes(clip: ClipFolder, raw: Path, *, at_sweeps: bool) -> tuple[np.ndarray, np.ndarray]:
    """Our boxes (n, 4) and DDAD's own, rounded down to whole pixels by their makers.

    Args:
        clip: ``ddad_scene_02``.
        raw: The folder of originals.
        at_sweeps: Objects stand as they did in the sweep, as DDAD has them; else as they do when
            the picture is taken.
    """
    labels = _cuboids(clip)
    ours, theirs = [], []
    for camera in clip.cameras:
        folder = raw / "ddad" / "scene_02" / "bounding_box_2d" / camera.name
        files = sorted(folder.glob("*.json"))
        for file, image, sweep in zip(files, clip.images_of(camera.name), clip.sweeps, strict=True):
            view = view_of(clip, camera.name, image.time_ns)
            for entry in json.loads(file.read_text())["annotations"]:
                time_ns = sweep.time_ns if at_sweeps else image.time_ns
                state = Track(labels[str(entry["instance_id"])]).at(time_ns)
                target = project_cuboid(view, state) if state is not None else None
                box = entry["box"]
                ours.append(target.box_clipped if target is not None else (np.nan,) * 4)
                theirs.append([box["x"], box["y"], box["x"] + box["w"], box["y"] + box["h"]])
    return np.array(ours), np.array(theirs)


def kitti_errors(clip: ClipFolder, raw: Path) -> np.ndarray:
    """(n,) px, the side furthest off of each of KITTI's own boxes that lie inside the picture."""
    labels, camera = _cuboids(clip), clip.camera("image_02")
    errors = []
    text = (raw / "kitti_tracking" / "training" / "label_02" / "0001.txt").read_text()
    for row in (line.split() for line in text.splitlines()):
        frame, track = int(row[0]), row[1]
        if frame > 1 or track not in labels:
            continue
        theirs = np.array([float(value) for value in row[6:10]])
        most = [camera.width - 2, camera.height - 2]
        if (theirs[:2] <= 1).any() or (theirs[2:] >= most).any():
            continue
        target = project_cuboid(view_of(clip, "image_02", frame * 10**8), Track(labels[track]))
        ours = target.box_clipped if target is not None else (np.nan,) * 4
        errors.append(np.abs(np.array(ours) - theirs).max())
    return np.array(errors)


def counted_points(clip: ClipFolder) -> tuple[np.ndarray, np.ndarray]:
    """(n,) lidar points in each box at each sweep, ours and the source's count."""
    ours, theirs = [], []
    for row in clip.sweeps:
        points = world_points(clip, row)
        labels = (label for label_set in clip.label_sets for label in label_set.labels)
        for label in labels:
            if not isinstance(label, Cuboid):
                continue
            state = Track(label).at(row.time_ns)
            exact = label.static or row.time_ns in label.times_ns
            if state is not None and exact and "lidar_points" in state.attributes:
                ours.append(points_inside(state, points))
                theirs.append(int(state.attributes["lidar_points"]))
    return np.array(ours), np.array(theirs)


def openlane_errors(clip: ClipFolder, raw: Path) -> np.ndarray:
    """(n,) px from OpenLane's own pixels of the vertices that it says are visible."""
    file = next((raw / "openlane" / "lane3d").rglob("*.json"))
    lanes = json.loads(file.read_text())["lane_lines"]
    lines = [label for label in clip.label_sets[0].labels if isinstance(label, Polyline)]
    image = clip.images[0]
    view = view_of(clip, image.camera, image.time_ns)
    errors = []
    for lane, line in zip(lanes, lines, strict=True):
        uv, _, _ = view.project_world(line.vertices_m[np.array(lane["visibility"]) == 1])
        errors.append(np.abs(uv - np.array(lane["uv"]).T).max(axis=1))
    return np.concatenate(errors)


def _grey(clip: ClipFolder, image: ImageRow) -> np.ndarray:
    picture = cv2.imread(str(clip.path / str(image.path)), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        message = f"{image.path}: expected a picture, found none"
        raise ValueError(message)
    return picture


def _followed(before: np.ndarray, after: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, ...]:
    """Where features (n, 2) of one picture are in the next, and which are found again."""
    there, found, _ = cv2.calcOpticalFlowPyrLK(before, after, at, None, maxLevel=4)
    back, again, _ = cv2.calcOpticalFlowPyrLK(after, before, there, None, maxLevel=4)
    kept = (found.ravel() == 1) & (again.ravel() == 1) & (np.abs(back - at).max(axis=1) < 0.3)
    return there, kept


def _between(left: tuple[np.ndarray, ...], right: tuple[np.ndarray, ...]) -> np.ndarray:
    """The middle (n, 3) of where rays (origin, direction) pass each other."""
    (a, da, _), (b, db, _) = left, right
    apart, along = a - b, (da * db).sum(axis=1)
    to_a, to_b = (da * apart).sum(axis=1), (db * apart).sum(axis=1)
    s = (along * to_b - to_a) / (1.0 - along**2)
    t = (to_b - along * to_a) / (1.0 - along**2)
    return np.asarray(0.5 * (a + s[:, None] * da + b + t[:, None] * db))


def feature_errors(clip: ClipFolder, frames: int) -> np.ndarray:
    """(n,) px from where a later picture has features that stereo pairs place in the world.

    Args:
        clip: ``kitti_odometry_1``.
        frames: How many pictures later.
    """
    lefts, rights = (clip.images_of(camera.name) for camera in clip.cameras)
    errors: list[float] = []
    for first in range(0, len(lefts) - frames, 2):
        picture = _grey(clip, lefts[first])
        features = cv2.goodFeaturesToTrack(picture, 400, 0.01, 8)[:, 0]
        matched, kept = _followed(picture, _grey(clip, rights[first]), features)
        shift = features - matched
        # In a rectified pair a feature stays on its line; what hardly moves is too far away.
        kept &= (np.abs(shift[:, 1]) < 1.0) & (shift[:, 0] > 4.0)
        path = features
        for before, after in pairwise(lefts[first : first + frames + 1]):
            path, found = _followed(_grey(clip, before), _grey(clip, after), path)
            kept &= found
        left, right, later = (
            view_of(clip, image.camera, image.time_ns)
            for image in (lefts[first], rights[first], lefts[first + frames])
        )
        points = _between(left.unproject(features), right.unproject(matched))
        uv, _, status = later.project_world(points)
        errors += np.hypot(*(uv - path)[kept & (status == 0)].T).tolist()
    return np.array(errors)


def _from_above(clip: ClipFolder, image: ImageRow, grid: np.ndarray) -> np.ndarray:
    """A picture laid on the road, z = 0, at points (h, w, 2) of it; NaN where it sees none."""
    view = view_of(clip, image.camera, image.time_ns)
    road = np.concatenate([grid.reshape(-1, 2), np.zeros((grid.size // 2, 1))], axis=1)
    uv, _, status = view.project_world(clip.trajectory.at(image.time_ns).apply(road))
    source = picture_of(clip, image).mean(axis=2).astype(np.float32)
    at = np.where((status == 0)[:, None], uv, -10.0).astype(np.float32).reshape(grid.shape)
    laid = cv2.remap(source, at[..., 0], at[..., 1], cv2.INTER_LINEAR)
    return np.where((status == 0).reshape(grid.shape[:2]), laid, np.nan)


def seams(clip: ClipFolder) -> tuple[list[float], np.ndarray]:
    """How far painted lines are apart in two fisheyes, m; and all pictures laid on the road.

    Args:
        clip: ``pjlab_fisheye``.

    Returns:
        For each of ``SEAMS`` the median, NaN where a camera doesn't see all of the line; and a
        grey picture.
    """
    x, y = np.meshgrid(np.arange(-8.0, 8.0, _SEAM_STEP_M), np.arange(-8.0, 8.0, _SEAM_STEP_M))
    grid = np.stack([x, y], axis=2)
    laid = {
        camera.name: _from_above(clip, clip.images_of(camera.name)[0], grid)
        for camera in clip.cameras
    }
    parts = np.stack(list(laid.values()))
    above = np.nan_to_num(parts).sum(axis=0) / np.isfinite(parts).sum(axis=0).clip(1)
    found = []
    for side, other, y_m, x_m in SEAMS:
        lines = np.flatnonzero(np.abs(y[:, 0] - y_m) < 0.6)
        columns = np.flatnonzero((x[0] > x_m[0]) & (x[0] < x_m[1]))
        bands = [laid[camera][np.ix_(lines, columns)] for camera in (side, other)]
        smooth = [cv2.GaussianBlur(band, (0, 0), 0.04 / _SEAM_STEP_M) for band in bands]
        places = [y[lines[band.argmax(axis=0)], 0] for band in smooth]
        is_seen = all(np.isfinite(band).all() for band in bands)
        found.append(float(np.median(np.abs(places[0] - places[1]))) if is_seen else np.nan)
    return found, above.astype(np.uint8)


def _at_most(name: str, found: float, bar: float, unit: str, note: str) -> Line:
    return Line(name, f"{found:.2g} {unit}", f"{bar:g} {unit}", found / bar, 1.0,
                at_least=False, note=note)  # fmt: skip


@benchmark("recordings")
def agreement() -> Iterator[Line]:
    """Every agreement that the recordings allow, reached or beaten."""
    if not DATA.is_dir():
        message = f"no real recordings: {DATA} does not exist"
        raise SkippedError(message)
    raw = DATA / "raw"

    def clip(name: str) -> ClipFolder:
        return read_clip_folder(DATA / "clips" / name)

    ddad = clip("ddad_scene_02")
    ours, theirs = ddad_boxes(ddad, raw, at_sweeps=False)
    errors = np.abs(ours - theirs - 0.5).max(axis=1)
    count = f"{len(errors)} of DDAD's own boxes, largest side error"
    yield _at_most("DDAD's 2D boxes, median", np.median(errors).round(2), DDAD_PX[0], "px", count)
    yield _at_most("DDAD's 2D boxes, worst", errors.max().round(2), DDAD_PX[1], "px", count)
    ours, theirs = ddad_boxes(ddad, raw, at_sweeps=True)
    same = int((np.floor(ours) == theirs).all(axis=1).sum())
    yield Line(
        "DDAD's 2D boxes, as in the sweep",
        f"{same} equal",
        f"of {len(ours)}",
        same / len(ours),
        1.0,
        note="to the pixel, where objects stand as they did then",
    )
    errors = kitti_errors(clip("kitti_tracking_0001"), raw)
    count = f"{len(errors)} of KITTI's own boxes, inside the picture"
    yield _at_most("KITTI's 2D boxes, median", np.median(errors).round(2), KITTI_PX[0], "px", count)
    yield _at_most("KITTI's 2D boxes, worst", errors.max().round(2), KITTI_PX[1], "px", count)
    for name, boxes in COUNTED.items():
        found, counts = counted_points(clip(name))
        same = int((found == counts).sum())
        yield Line(f"lidar points in boxes, {name}", f"{same} equal", f"of {boxes} boxes",
                   same / boxes, 1.0, note=f"{int(found.sum())} points")  # fmt: skip
    errors = openlane_errors(clip("openlane_1"), raw)
    yield _at_most("OpenLane's pixels, worst", errors.max(), OPENLANE_PX, "px",
                   f"{len(errors)} vertices")  # fmt: skip
    odometry = clip("kitti_odometry_1")
    for frames, bar in FEATURES_PX.items():
        errors = feature_errors(odometry, frames)
        name = f"features {frames} picture{'s' if frames > 1 else ''} on, median"
        count = f"{len(errors)} features of KITTI's stereo pairs: the poses' error"
        yield _at_most(name, np.median(errors), bar, "px", count)
    found, _ = seams(clip("pjlab_fisheye"))
    yield _at_most("lines from fisheye to fisheye", max(found), SEAM_M, "m",
                   f"worst of {len(found)} seams, each the median along the line")  # fmt: skip
