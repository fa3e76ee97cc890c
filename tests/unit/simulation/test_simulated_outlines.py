"""Projected outlines beside ray-traced pixels: they hold them, and hold no more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from simulated_boxes import (
    box_bodies,
    every_lens,
    inside_loops,
    pixel_centres,
    plain_drive,
    truth_pictures,
)

from projection import Camera, Track, Trajectory, View, project_cuboid
from projection.labels import Cuboid
from simulation.labels import objects_label_set
from simulation.rendering import Eye, Renderer
from simulation.scene import Scene
from simulation.sky import sun_direction

if TYPE_CHECKING:
    from pathlib import Path

    from projection.io import ClipFolder

# Outlines are within 0.05 px of the curve here.
CLOSE_PX = 0.1


@pytest.mark.parametrize(
    "spec", every_lens(), ids=lambda spec: f"{spec['name']}-{spec['shutter']['type']}"
)
def test_outlines_of_boxes_hold_just_their_pixels(spec: dict) -> None:
    camera = Camera.from_dict(spec)
    ego = plain_drive()
    time_ns = int(ego.times_ns[3]) + 12_345_678
    view = View(camera, None, Trajectory(ego.times_ns, ego.positions_m, ego.quats_xyzw), time_ns)
    eye = Eye(camera)
    uv = pixel_centres(camera.width, camera.height)
    # Outside the lens there are no pixels, whatever an outline says.
    lit = ~np.isnan(eye.rays[..., 0]).ravel()
    seen = 0
    for body in box_bodies():
        # Alone, so that nothing hides it.
        picture = Renderer(Scene((), (body,)), sun_direction(2.0, 0.7), smooth=False).render(
            eye, ego, time_ns
        )
        found = picture.owners.ravel() > 0
        (label,) = objects_label_set((body,), int(ego.times_ns[0]))["labels"]
        target = project_cuboid(view, Track.from_dict(label), tolerance_px=0.05)
        if target is None:
            assert found.sum() <= 1
            continue
        filled, off_px = inside_loops(target.outline, uv)
        differs = (filled != found) & lit
        assert (off_px[differs] < CLOSE_PX).all(), (body.label_id, off_px[differs].max())
        if found.any():
            seen += 1
            u0, v0, u1, v1 = target.box_clipped
            extent = np.array([*uv[found].min(axis=0), *uv[found].max(axis=0)])
            grown = np.array([u0, v0, -u1, -v1]) <= extent * [1, 1, -1, -1] + CLOSE_PX
            assert grown.all(), body.label_id
    assert seen >= 1


def test_outlines_of_everything_in_a_street_hold_its_visible_pixels(
    clip: ClipFolder, clip_path: Path
) -> None:
    ids = json.loads((clip_path / "truth" / "ids.json").read_text(encoding="utf-8"))
    (objects,) = [labels for labels in clip.label_sets if labels.layer == "objects"]
    tracks = {label.id: Track(label) for label in objects.labels if isinstance(label, Cuboid)}
    checked = 0
    for name, time_ns, owners, _ in truth_pictures(clip_path):
        view = View(clip.camera(name), None, clip.trajectory, time_ns)
        uv = pixel_centres(view.camera.width, view.camera.height)
        for number in np.unique(owners[owners > 0]):
            mine = uv[(owners == number).ravel()]
            target = project_cuboid(view, tracks[ids[str(number)]], tolerance_px=0.05)
            assert target is not None
            filled, off_px = inside_loops(target.outline, mine)
            assert (off_px[~filled] < CLOSE_PX).all(), (name, tracks[ids[str(number)]].class_name)
            checked += 1
    assert checked > 60
