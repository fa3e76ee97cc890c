"""Rasters of labels and of meshes beside ray-traced pictures: the same thing in every pixel."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from simulated_boxes import GROUND_M, TIMES_NS, box_bodies, every_lens, plain_drive

import projection
from bench.projection.truth import (
    SHARE,
    SHARE_PINHOLE,
    different,
    drawn,
    renderer_of,
    street,
    view_of,
)
from projection import Camera, render
from projection.io.label_set import read_label
from simulation import car_rig
from simulation.labels import objects_label_set
from simulation.mesh import Material, quad
from simulation.rendering import Eye, Renderer
from simulation.scene import Scene
from simulation.sky import sun_direction

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulation.recording import Recording

#: Each picture of the lenses is so many times as wide as in the tests of the outlines.
FINER = 4


def finer(spec: dict) -> dict:
    """The same camera with smaller pixels and the same read-out."""
    scaled = json.loads(json.dumps(spec))
    scaled["width"], scaled["height"] = spec["width"] * FINER, spec["height"] * FINER
    params = scaled["params"]
    for name, value in params.items():
        if name in ("cx", "cy"):
            params[name] = (value + 0.5) * FINER - 0.5
        elif name in ("fx", "fy", "cx_offset", "cy_offset"):
            params[name] = value * FINER
        elif name in ("k", "angle_to_pixeldist"):
            params[name] = [FINER * coefficient for coefficient in value]
        elif name == "pixeldist_to_angle":
            params[name] = [coefficient / FINER**n for n, coefficient in enumerate(value)]
    if scaled["shutter"]["type"] == "rolling":
        scaled["shutter"]["line_delay_ns"] /= FINER
    return scaled


def compare(found: NDArray, truth: NDArray, *, pinhole: bool) -> int:
    """Check the share of equal pixels among those that show a thing; returns how many these are."""
    wrong, count = different(found, truth)
    assert wrong <= (1.0 - (SHARE_PINHOLE if pinhole else SHARE)) * count
    return count


@pytest.mark.parametrize(
    "spec", every_lens(), ids=lambda spec: f"{spec['name']}-{spec['shutter']['type']}"
)
def test_boxes_rendered_are_the_boxes_that_rays_meet(spec: dict) -> None:
    spec = finer(spec)
    ego, time_ns, far = plain_drive(), int(TIMES_NS[3]) + 12_345_678, 300.0
    corners = [(x, y, GROUND_M) for x, y in ((-far, -far), (far, -far), (far, far), (-far, far))]
    ground = quad(corners, Material.PLAIN, (0.3, 0.3, 0.3))
    scene = Scene((ground,), box_bodies())
    eye = Eye(Camera.from_dict(spec))
    truth = Renderer(scene, sun_direction(2.0, 0.7), smooth=False).render(eye, ego, time_ns)

    document = json.loads(json.dumps(objects_label_set(scene.bodies, int(TIMES_NS[0]))))
    labels = [read_label(label) for label in document["labels"]]
    road = projection.Mesh(np.array(corners), np.array([[0, 1, 2], [0, 2, 3]]))
    targets = render(
        view_of(spec, ego, time_ns),
        projection.Scene.from_labels(labels, scenery=road),
        ["instances", "depth"],
    )
    numbers = {body.label_id: place + 1 for place, body in enumerate(scene.bodies)}
    whose = np.array([*(numbers[entry.label.id] for entry in targets), 0])
    assert targets.instances is not None
    found = whose[targets.instances]
    assert compare(found, truth.owners, pinhole=spec["model"] == "pinhole") > 5_000
    assert targets.depth is not None
    same = (found == truth.owners) & (found > 0)
    # Within a read-out, corners go straight rather than on the arc of the turn: 0.1 mm here, which
    # a ray that only grazes a face turns into centimetres.
    miss_m = np.abs(targets.depth.range_m[same] - truth.range_m[same])
    assert np.quantile(miss_m, 0.97) < 2e-4
    assert miss_m.max() < 0.1


@pytest.fixture(scope="module")
def recording() -> Recording:
    return street()


@pytest.fixture(scope="module")
def renderer(recording: Recording) -> Renderer:
    return renderer_of(recording)


@pytest.mark.parametrize("number", range(8))
def test_a_street_of_meshes_is_drawn_as_rays_meet_it(
    recording: Recording, renderer: Renderer, number: int
) -> None:
    spec = car_rig(480).cameras[number]
    time_ns = int(recording.ticks_ns[0]) + 7_654_321
    truth = renderer.render(Eye(Camera.from_dict(spec)), recording.ego, time_ns)
    picture = drawn(recording, view_of(spec, recording.ego, time_ns))
    found = np.maximum(picture.owner, 0)
    assert compare(found, truth.owners, pinhole=spec["model"] == "pinhole") > 1000
    same = (found == truth.owners) & (found > 0)
    assert np.median(np.abs(picture.range_m[same] - truth.range_m[same])) < 1e-4
