"""The pictures and the labels say the same: pixel by pixel, in every camera, for every lens."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from simulated_boxes import (
    GROUND_M,
    TIMES_NS,
    box_bodies,
    box_entry,
    every_lens,
    moving_track,
    pixel_centres,
    plain_drive,
    ray_times,
    truth_pictures,
)

from projection import Camera, Track, Trajectory, View
from projection.labels import Cuboid
from simulation.labels import objects_label_set
from simulation.mesh import Material, box, quad
from simulation.rendering import Eye, Renderer
from simulation.rig import Mount, camera_spec
from simulation.scene import Body, Scene, Shape
from simulation.sky import sun_direction

if TYPE_CHECKING:
    from pathlib import Path

    from projection.io import ClipFolder
    from simulation.motion import PoseTrack


@pytest.fixture(scope="module")
def ego() -> PoseTrack:
    return plain_drive()


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    far = 300.0
    corners = [
        (-far, -far, GROUND_M),
        (far, -far, GROUND_M),
        (far, far, GROUND_M),
        (-far, far, GROUND_M),
    ]
    scene = Scene((quad(corners, Material.PLAIN, (0.3, 0.3, 0.3)),), box_bodies())
    return Renderer(scene, sun_direction(2.0, 0.7), smooth=False)


@pytest.fixture(scope="module")
def tracks(renderer: Renderer) -> list[Track]:
    labels = objects_label_set(renderer.scene.bodies, int(TIMES_NS[0]))["labels"]
    return [Track.from_dict(json.loads(json.dumps(label))) for label in labels]


@pytest.mark.parametrize(
    "spec", every_lens(), ids=lambda spec: f"{spec['name']}-{spec['shutter']['type']}"
)
def test_instance_pictures_equal_boxes_worked_out_by_hand(
    spec: dict, renderer: Renderer, ego: PoseTrack, tracks: list[Track]
) -> None:
    camera = Camera.from_dict(spec)
    time_ns = int(TIMES_NS[3]) + 12_345_678
    picture = renderer.render(Eye(camera), ego, time_ns)
    trajectory = Trajectory(ego.times_ns, ego.positions_m, ego.quats_xyzw)
    view = View(camera, None, trajectory, time_ns)
    uv = pixel_centres(camera.width, camera.height)
    origins, directions, status = view.unproject(uv)
    seen = status == 0
    assert (np.isnan(picture.range_m).ravel() == ~seen).all()
    uv, origins, directions = uv[seen], origins[seen], directions[seen]
    times = ray_times(view, uv)
    with np.errstate(divide="ignore"):
        ground = (GROUND_M - origins[:, 2]) / directions[:, 2]
    # Neither the ground's edge, 300 m away, nor the sky beyond it is at stake here.
    ground = np.where((ground > 0.0) & (ground < 250.0), ground, np.inf)
    entries = np.stack([box_entry(track, origins, directions, times)[0] for track in tracks])
    nearest, expected_range = entries.argmin(axis=0), entries.min(axis=0)
    expected = np.where(expected_range < ground, nearest + 1, 0)
    found = picture.owners.ravel()[seen]
    assert len(np.unique(found)) >= 2
    # A ray within a nanometre of an edge may go either way.
    assert (found != expected).sum() <= 1
    same = (found == expected) & (found > 0)
    np.testing.assert_allclose(picture.range_m.ravel()[seen][same], expected_range[same], rtol=2e-6)


def test_rolling_pictures_differ_from_global_ones(renderer: Renderer, ego: PoseTrack) -> None:
    mount = Mount(
        "a", "pinhole", (160, 100), 80.0, (1.0, 0.0, 0.9), 90.0, 3.0, "bottom_to_top", 0.0
    )
    rolling = camera_spec(mount)
    still = {**rolling, "shutter": {"type": "global"}}
    time_ns = int(TIMES_NS[3])
    pictures = [
        renderer.render(Eye(Camera.from_dict(spec)), ego, time_ns).owners
        for spec in (rolling, still)
    ]
    assert (pictures[0] != pictures[1]).mean() > 0.004


def test_every_visible_pixel_of_a_street_lies_in_its_cuboid(
    clip: ClipFolder, clip_path: Path
) -> None:
    ids = json.loads((clip_path / "truth" / "ids.json").read_text(encoding="utf-8"))
    (objects,) = [labels for labels in clip.label_sets if labels.layer == "objects"]
    tracks = {label.id: Track(label) for label in objects.labels if isinstance(label, Cuboid)}
    seen: set[str] = set()
    for name, time_ns, owners, ranges in truth_pictures(clip_path):
        view = View(clip.camera(name), None, clip.trajectory, time_ns)
        uv = pixel_centres(view.camera.width, view.camera.height)
        origins, directions, _ = view.unproject(uv)
        times = ray_times(view, uv)
        for number in np.unique(owners[owners > 0]):
            mine = (owners == number).ravel()
            label_id = ids[str(number)]
            seen.add(label_id)
            near, far = box_entry(
                tracks[label_id], origins[mine], directions[mine], times[mine], grown_m=1e-6
            )
            found = ranges.ravel()[mine].astype(float)
            assert np.isfinite(near).all()
            assert (found >= near - 1e-4).all()
            assert (found <= far + 1e-4).all()
    # Most of what is on the street is seen by somebody, or the test would prove little.
    assert len(seen) > 25


def test_amodal_extents_are_tight_to_a_pixel_around_unoccluded_boxes(ego: PoseTrack) -> None:
    """Corners and edges of a box, projected, bound its pixels and miss them by a pixel at most."""
    shape = Shape.of(box((2.4, 1.6, 1.3), (0, 0, 0), Material.PLAIN, (0.4, 0.4, 0.4)))
    for spec in every_lens():
        camera = Camera.from_dict(spec)
        time_ns = int(TIMES_NS[3]) + 5_000_000
        trajectory = Trajectory(ego.times_ns, ego.positions_m, ego.quats_xyzw)
        view = View(camera, None, trajectory, time_ns)
        middle = np.array([[camera.width * 0.45, camera.height * 0.52]])
        origin, ray, _ = view.unproject(middle)
        start = origin[0] + 6.5 * ray[0] - np.array([3.0, -1.5, 0.0]) * 0.305
        body = Body("box", "container", shape, track=moving_track(tuple(start), (3.0, -1.5), 0.0))
        owners = (
            Renderer(Scene((), (body,)), sun_direction(2, 0.7), smooth=False)
            .render(Eye(camera), ego, time_ns)
            .owners
        )
        rows, columns = np.nonzero(owners)
        assert rows.min() > 0
        assert rows.max() < camera.height - 1
        assert columns.min() > 0
        assert columns.max() < camera.width - 1
        state = Track.from_dict(objects_label_set((body,), int(TIMES_NS[0]))["labels"][0]).at(
            time_ns
        )
        assert state is not None
        corners = state.corners()
        # It nods a little: over the read-out its corners move as (3, -1.5, 0) m/s to a millimetre.
        steps = np.linspace(0.0, 1.0, 40)[:, None, None]
        pairs = [(i, j) for i in range(8) for j in range(i) if (i ^ j) in {1, 2, 4}]
        edges = np.concatenate(
            [corners[i] * (1 - steps[:, 0]) + corners[j] * steps[:, 0] for i, j in pairs]
        )
        uv, _, status = view.project_world(edges, np.array([3.0, -1.5, 0.0]))
        assert (status == 0).all()
        low, high = uv.min(axis=0), uv.max(axis=0)
        found_low = np.array([columns.min(), rows.min()])
        found_high = np.array([columns.max(), rows.max()])
        assert (found_low - low > -0.05).all(), spec["name"]
        assert (high - found_high > -0.05).all(), spec["name"]
        # The outermost pixel centre is less than a pixel inside, corners a little more.
        assert (found_low - low < 1.3).all(), spec["name"]
        assert (high - found_high < 1.3).all(), spec["name"]
