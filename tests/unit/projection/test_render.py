"""One picture's targets, all together."""

from typing import Any

import numpy as np
import pytest
from conftest_labels import POLYGON, POLYLINE, cuboid

from projection import (
    Camera,
    Cloud,
    Mesh,
    RigidTransform,
    Scene,
    Shutter,
    SpecError,
    Status,
    Trajectory,
    View,
    render,
)
from projection.rle import decode

CAMERA = Camera.from_dict(
    {
        "name": "front",
        "width": 320,
        "height": 240,
        "model": "opencv",
        "params": {
            "fx": 200.0, "fy": 200.0, "cx": 159.5, "cy": 119.5,
            "distortion": [-0.2, 0.03, 0.0, 0.0],
        },
    }
)  # fmt: skip
MOUNT = RigidTransform([0.0, 0.0, 1.5], [-0.5, 0.5, -0.5, 0.5])
STILL = Trajectory([0, 10**8], np.zeros((2, 3)), [[0, 0, 0, 1]] * 2)
ALL = [
    "box2d_full", "box2d_clipped", "box2d_visible", "outline", "mask_whole", "mask_visible",
    "polyline", "polygon", "keypoints", "corners", "truncation", "occlusion", "distance",
    "depth", "semantic", "id_picture", "depth_picture", "instances",
]  # fmt: skip


def box(label_id: str, x: float, y: float, **more: Any) -> dict[str, Any]:
    keyframe = {"time_ns": "0", "position_m": [x, y, 0.8], "quat_xyzw": [0, 0, 0, 1]}
    return cuboid(label_id, static=True, keyframes=[keyframe], **more)


KEYPOINTS = {
    "id": "body",
    "class": "person",
    "geometry": "keypoints",
    "points": {
        "head": {"position_m": [6.0, -1.0, 1.7], "visible": True},
        "hidden": {"position_m": [30.0, 0.6, 0.8], "visible": True},
        "behind": {"position_m": [-6.0, 0.6, 0.8], "visible": True},
    },
}
LABELS = [box("near", 10.0, 0.5), box("far", 22.0, 0.2), POLYLINE, POLYGON, KEYPOINTS]


def view(shutter: Shutter | None = None) -> View:
    return View(CAMERA, MOUNT, STILL, 0, shutter or Shutter())


@pytest.mark.parametrize("shutter", [Shutter(), Shutter("top_to_bottom", 50_000.0)])
def test_everything_of_a_picture_fits_together(shutter: Shutter) -> None:
    targets = render(view(shutter), Scene.from_labels(LABELS), ALL)
    assert [entry.label.id for entry in targets] == ["area", "body", "far", "line", "near"]
    near, far = targets.of("near"), targets.of("far")
    assert near is not None
    assert far is not None
    assert near.silhouette is not None
    assert far.silhouette is not None
    assert near.silhouette.hidden == 0.0
    assert 0.3 < far.silhouette.hidden < 1.0
    size = [CAMERA.height, CAMERA.width]
    whole = decode({"size": size, "counts": far.silhouette.whole.encode()})
    visible = decode({"size": size, "counts": far.silhouette.visible.encode()})
    assert whole.sum() == far.silhouette.whole_px
    assert not (visible & ~whole).any()
    # The tight box of the outline holds the mask's pixels, and no empty row or column.
    rows, columns = np.nonzero(whole)
    assert far.box_clipped is not None
    u0, v0, u1, v1 = far.box_clipped
    assert u0 <= columns.min() < u0 + 1
    assert v0 <= rows.min() < v0 + 1
    assert u1 - 1 < columns.max() <= u1
    assert v1 - 1 < rows.max() <= v1
    body = targets.of("body")
    assert body is not None
    assert body.keypoints is not None
    status = {point.name: point.status for point in body.keypoints}
    assert status["head"] == Status.OK
    assert status["hidden"] == Status.OCCLUDED
    assert status["behind"] == Status.NEAR_OR_BEHIND
    line = targets.of("line")
    assert line is not None
    assert line.pieces
    assert targets.instances is not None
    order = [entry.label.id for entry in targets]
    assert (targets.instances == order.index("near")).sum() > 100
    assert {mask.class_name for mask in targets.semantic} >= {"car", "road"}


def test_what_is_not_asked_for_is_not_there() -> None:
    targets = render(view(), Scene.from_labels(LABELS), ["box2d_clipped"])
    near = targets.of("near")
    assert near is not None
    assert near.box_clipped is not None
    assert near.outline is None
    assert near.silhouette is None
    assert targets.depth is None
    assert targets.semantic == ()
    assert targets.of("nobody") is None


def test_order_of_labels_changes_nothing() -> None:
    forward = render(view(), Scene.from_labels(LABELS), ALL)
    backward = render(view(), Scene.from_labels(LABELS[::-1]), ALL)
    assert [entry.label.id for entry in forward] == [entry.label.id for entry in backward]
    assert np.array_equal(forward.instances, backward.instances)
    assert forward.depth_picture == backward.depth_picture
    for one, other in zip(forward, backward, strict=True):
        assert repr(one.target) == repr(other.target)


def test_depth_is_the_distance_to_the_surface_and_says_where_it_is_from() -> None:
    cloud = Cloud(np.array([[8.0, -2.0, 1.5], [40.0, 0.5, 0.9]]), 0.0)
    scene = Scene.from_labels([box("near", 10.0, 0.0)], cloud=cloud)
    depth = render(view(), scene, ["depth"]).depth
    assert depth is not None
    uv, _, _ = view().project_world([[10.0 - 2.25, 0.0, 0.8], [8.0, -2.0, 1.5]])
    (u, v), (cloud_u, cloud_v) = np.rint(uv).astype(int)
    assert depth.depth_m[v, u] == pytest.approx(7.75, abs=1e-3)
    assert depth.source[v, u] == 1
    assert depth.depth_m[cloud_v, cloud_u] == pytest.approx(8.0, abs=1e-3)
    assert depth.source[cloud_v, cloud_u] == 3
    assert depth.source[0, 0] == 0
    assert np.isinf(depth.depth_m[0, 0])


def test_scenery_hides_labels_and_says_so() -> None:
    # A wall between the camera and the right half of a box.
    wall = Mesh(
        np.array([[6.0, 0.0, 0.0], [6.0, -4.0, 0.0], [6.0, -4.0, 4.0], [6.0, 0.0, 4.0]]),
        np.array([[0, 1, 2], [0, 2, 3]]),
    )
    scene = Scene.from_labels([box("near", 10.0, 0.0)], scenery=wall)
    targets = render(view(), scene, ["mask_visible", "occlusion", "instances", "depth"])
    near = targets.of("near")
    assert near is not None
    assert near.silhouette is not None
    assert near.silhouette.hidden == pytest.approx(0.5, abs=0.02)
    assert targets.labels[0].hidden_by == (
        (None, near.silhouette.whole_px - near.silhouette.visible_px),
    )
    assert targets.occluders == ("cuboids", "polygons", "scenery")
    assert targets.depth is not None
    assert targets.instances is not None
    assert set(np.unique(targets.depth.source)) == {0, 1, 2}
    assert (targets.instances[targets.depth.source == 2] == -1).all()


def test_points_of_a_cloud_give_their_labels() -> None:
    points = np.array([[8.0, -2.0, 1.5], [9.0, 2.0, 1.5]])
    scene = Scene.from_labels([], cloud=Cloud(points, 0.1, np.array([4, 7])))
    picture = render(view(), scene, ["points"]).points
    assert picture is not None
    uv, _, _ = view().project_world(points)
    assert [picture.label[round(v), round(u)] for u, v in uv] == [4, 7]


def test_empty_scene_gives_an_empty_answer() -> None:
    targets = render(view(), Scene.from_labels([]), [*ALL, "depth"])
    assert len(targets) == 0
    assert targets.depth is not None
    assert not targets.depth.source.any()


def test_unknown_target_is_refused_with_a_sentence() -> None:
    with pytest.raises(SpecError, match="box4d"):
        render(view(), Scene.from_labels(LABELS), ["box4d"])
    with pytest.raises(SpecError, match="cloud"):
        render(view(), Scene.from_labels(LABELS), ["points"])


def test_ten_thousand_labels_are_fine() -> None:
    generator = np.random.default_rng(5)
    places = generator.uniform(-400.0, 400.0, (10_000, 2))
    scene = Scene.from_labels([box(f"{i:05d}", x, y) for i, (x, y) in enumerate(places.tolist())])
    targets = render(view(), scene, ["box2d_clipped", "mask_visible"])
    assert 500 < len(targets) < 5000
    assert all(entry.target.box_clipped is not None for entry in targets)
