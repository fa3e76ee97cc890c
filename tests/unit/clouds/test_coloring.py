"""Colours of points from pictures."""

import numpy as np
import pytest

from projection import Camera, Trajectory, View
from projection.clouds.coloring import PictureView, colors_of, cone_cosine

SPEC = {
    "name": "front", "width": 400, "height": 300, "model": "pinhole",
    "params": {"fx": 200.0, "fy": 200.0, "cx": 199.5, "cy": 149.5},
    "ego_from_camera": {"position_m": [0.0, 0.0, 1.5], "quat_xyzw": [-0.5, 0.5, -0.5, 0.5]},
    "shutter": {"type": "global"},
}  # fmt: skip


@pytest.fixture
def picture() -> PictureView:
    """Left half red, right half blue, at half the camera's size; it looks along x."""
    camera = Camera.from_dict(SPEC)
    trajectory = Trajectory([0, 10], [[0, 0, 0], [0, 0, 0]], [[0, 0, 0, 1]] * 2)
    pixels = np.zeros((150, 200, 3), dtype=np.uint8)
    pixels[:, :100, 0] = 255
    pixels[:, 100:, 2] = 255
    return PictureView(View(camera, None, trajectory, 5), pixels, cone_cosine(camera))


def test_points_get_the_colour_of_the_pixel_that_shows_them(picture) -> None:
    points = np.array([[10.0, 2.0, 1.5], [10.0, -2.0, 1.5]])
    assert colors_of(points, [picture]).tolist() == [[255, 0, 0, 255], [0, 0, 255, 255]]


def test_points_behind_and_beside_the_camera_get_none(picture) -> None:
    points = np.array([[-10.0, 2.0, 1.5], [1.0, 30.0, 1.5], [0.0, 0.0, 1.5]])
    assert colors_of(points, [picture]).tolist() == [[0, 0, 0, 0]] * 3
    assert colors_of(points, []).tolist() == [[0, 0, 0, 0]] * 3


def test_a_point_behind_another_does_not_get_its_colour(picture) -> None:
    points = np.array([[5.0, 1.0, 1.5], [20.0, 4.0, 1.5], [20.0, -4.0, 1.5]])
    assert colors_of(points, [picture])[:, 3].tolist() == [255, 0, 255]


def test_the_cone_holds_the_corners_of_a_wide_lens() -> None:
    camera = Camera.from_dict(SPEC)
    rays, _ = camera.unproject(np.array([[-0.5, -0.5], [399.5, 299.5]]))
    assert cone_cosine(camera) < rays[:, 2].min()
    fisheye = {"fx": 120.0, "fy": 120.0, "cx": 199.5, "cy": 149.5, "distortion": [0, 0, 0, 0]}
    wide = Camera.from_dict({**SPEC, "model": "opencv_fisheye", "params": fisheye})
    assert cone_cosine(wide) < np.cos(np.radians(90))
