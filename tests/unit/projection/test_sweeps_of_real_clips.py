"""Lidar points of real recordings beside the masks and depths of the boxes that hold them.

What projects points and what draws masks share no line of code: one searches for a pixel, the
other asks each pixel's ray. The pictures stay in ``test-output``; they aren't ours to publish.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from bench.projection.pictures import blended, color_of, picture_of, write
from bench.projection.recordings import world_points
from projection import Scene, Status, Track, View, render
from projection.io import ClipFolder, ImageRow, SweepRow, read_clip_folder
from projection.labels import Cuboid
from projection.rendering import LabelInPicture, Targets
from projection.rle import decode

OUT = Path(__file__).resolve().parents[3] / "test-output" / "real-clips"
#: Clips, how many of their points in boxes pictures show at least, and which share of these their
#: masks must show: a lidar on the roof looks over what hides things from a camera.
CLIPS = {
    "av2_7fab2350": (26_000, 0.88),
    "ddad_scene_02": (3_000, 0.99),
    "kitti_tracking_0001": (6_500, 0.8),
    "nuscenes_bevdet": (1_500, 0.98),
}
#: Picture and sweep are of one moment if no more than so long apart.
MOMENT_NS = 60_000_000


@dataclass(frozen=True)
class Seen:
    """Points of one box in one picture: where they are, how far, and what the box is there."""

    pixels: np.ndarray
    range_m: np.ndarray
    entry: LabelInPicture
    reach_m: float


def moments(clip: ClipFolder) -> Iterator[tuple[SweepRow, ImageRow]]:
    """Each sweep with the picture of each camera that was taken with it."""
    for sweep in clip.sweeps:
        for camera in clip.cameras:
            image = min(
                clip.images_of(camera.name), key=lambda row: abs(row.time_ns - sweep.time_ns)
            )
            if abs(image.time_ns - sweep.time_ns) <= MOMENT_NS:
                yield sweep, image


def boxes_with_points(
    clip: ClipFolder, targets: Targets, view: View, sweep: SweepRow, points: np.ndarray
) -> Iterator[Seen]:
    """The boxes of a picture that hold points, which go with them to the picture's time."""
    for entry in targets:
        if not isinstance(entry.label, Cuboid):
            continue
        track = Track(entry.label)
        then, now = track.at(sweep.time_ns), track.at(view.time_ns)
        if then is None or now is None:
            continue
        local = then.world_from_box.inverse().apply(points)
        held = local[(np.abs(local) <= then.size_m / 2).all(axis=1)]
        uv, _, status = view.project_world(now.world_from_box.apply(held))
        shown = status == Status.OK
        if shown.any():
            world = now.world_from_box.apply(held[shown])
            range_m = np.linalg.norm(world - view.origin_m, axis=1)
            pixels = np.rint(uv[shown]).astype(int)
            yield Seen(pixels, range_m, entry, float(np.linalg.norm(now.size_m)))


@pytest.mark.slow
@pytest.mark.parametrize("name", CLIPS)
def test_lidar_points_in_a_box_are_on_its_mask_and_not_before_its_surface(
    real_clips: Path, name: str
) -> None:
    clip = read_clip_folder(real_clips / name)
    scene = Scene(clip.label_sets)
    on_mask = seen_on_mask = count = 0
    drawn: set[str] = set()
    for sweep, image in moments(clip):
        view = View(clip.camera(image.camera), None, clip.trajectory, image.time_ns)
        targets = render(view, scene, ["mask_whole", "mask_visible", "depth", "instances"])
        assert targets.depth is not None
        assert targets.instances is not None
        size = [view.camera.height, view.camera.width]
        picture = picture_of(clip, image)
        places = {entry.label.id: place for place, entry in enumerate(targets)}
        points = world_points(clip, sweep)
        for seen in boxes_with_points(clip, targets, view, sweep, points):
            silhouette = seen.entry.target.silhouette
            assert silhouette is not None
            columns, lines = seen.pixels.T
            whole = decode({"size": size, "counts": silhouette.whole.encode()}).astype(bool)
            visible = decode({"size": size, "counts": silhouette.visible.encode()}).astype(bool)
            # A point at the outline may lie on a pixel whose centre is just outside.
            near = cv2.dilate(whole.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
            assert near[lines, columns].all(), (image.camera, seen.entry.label.id)
            count += len(lines)
            on_mask += int(whole[lines, columns].sum())
            seen_on_mask += int(visible[lines, columns].sum())
            front = targets.instances[lines, columns] == places[seen.entry.label.id]
            behind_m = seen.range_m[front] - targets.depth.range_m[lines, columns][front]
            # Rays through a pixel's centre and through a point in it differ by half a pixel.
            assert np.quantile(behind_m, 0.02) > -0.1 if front.sum() > 50 else True
            assert (behind_m < seen.reach_m + 0.2).all()
            blended(picture, visible, color_of(seen.entry.label.id))
            picture[lines, columns] = (255, 255, 255)
        if image.camera not in drawn:
            drawn.add(image.camera)
            target = OUT / name / f"{image.camera}_points.jpg"
            target.parent.mkdir(parents=True, exist_ok=True)
            write(target, picture)
    least, share = CLIPS[name]
    assert count >= least
    assert on_mask / count >= 0.999
    assert seen_on_mask / count >= share
