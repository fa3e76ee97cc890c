"""The common volume of turned boxes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull, HalfspaceIntersection
from scipy.spatial.transform import Rotation

from projection.arrays import Float64Array
from quality.overlap import box_ious, common_volumes

UNIT = np.array([[0.0, 0.0, 0.0, 1.0]])


def volume_by_half_spaces(*boxes: tuple[Float64Array, Float64Array, Float64Array]) -> float:
    """Qhull's answer, where a point inside both is known: the first box's centre."""
    planes = []
    for centre, quat, size in boxes:
        turn = Rotation.from_quat(quat).as_matrix()
        for axis in range(3):
            for sign in (-1.0, 1.0):
                normal = sign * turn[:, axis]
                planes.append([*normal, -(normal @ centre + 0.5 * size[axis])])
    corners = HalfspaceIntersection(np.array(planes), boxes[0][0]).intersections
    return float(ConvexHull(corners).volume)


@settings(deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.0, 1e5]),
)
def test_it_equals_qhulls(seed: int, away_m: float) -> None:
    chance = np.random.default_rng(seed)
    first = (
        np.array([away_m, -away_m, 3.0]),
        chance.normal(size=4),
        chance.uniform(0.5, 5.0, 3),
    )
    second_size = chance.uniform(0.5, 5.0, 3)
    second_quat = chance.normal(size=4)
    inside = chance.uniform(-0.45, 0.45, 3) * second_size
    second = (
        first[0] - Rotation.from_quat(second_quat).apply(inside),
        second_quat / np.linalg.norm(second_quat),
        second_size,
    )
    first = (first[0], first[1] / np.linalg.norm(first[1]), first[2])
    local = [(box[0] - first[0], box[1], box[2]) for box in (first, second)]
    expected = volume_by_half_spaces(*local)
    found = common_volumes(*(a[None] for a in first), *(b[None] for b in second))
    assert found[0] == pytest.approx(expected, rel=1e-9, abs=1e-9 if away_m == 0.0 else 1e-7)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_box_has_all_of_itself_in_common_with_itself(seed: int) -> None:
    chance = np.random.default_rng(seed)
    quat = chance.normal(size=(1, 4))
    quat /= np.linalg.norm(quat)
    box = (chance.normal(size=(1, 3)), quat, chance.uniform(0.1, 10.0, (1, 3)))
    assert box_ious(*box, *box)[0] == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize(
    ("shift", "expected"),
    [
        ((0.5, 0.0, 0.0), 1 / 3),  # faces on faces
        ((1.0, 0.0, 0.0), 0.0),  # only touching
        ((0.0, 0.5, 0.5), 0.25 / 1.75),
        ((3.0, 0.0, 0.0), 0.0),
    ],
)
def test_shifted_cubes(shift: tuple[float, float, float], expected: float) -> None:
    ones = np.ones((1, 3))
    iou = box_ious(np.zeros((1, 3)), UNIT, ones, np.array([shift]), UNIT, ones)
    assert iou[0] == pytest.approx(expected, abs=1e-9)


def test_a_flat_box_has_no_volume_in_common() -> None:
    flat = np.array([[1.0, 1.0, 0.0]])
    centre = np.zeros((1, 3))
    assert box_ious(centre, UNIT, flat, centre, UNIT, flat)[0] == 0.0


@pytest.mark.parametrize("turn_rad", [10.0**-n for n in range(4, 15)])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_box_turned_by_next_to_nothing_is_nearly_the_same(axis: int, turn_rad: float) -> None:
    """However flatly its faces cross those of the other, they count once."""
    quat = np.zeros((1, 4))
    quat[0, axis], quat[0, 3] = np.sin(turn_rad / 2), np.cos(turn_rad / 2)
    centre, size = np.zeros((1, 3)), np.array([[4.5, 1.9, 1.6]])
    iou = box_ious(centre, UNIT, size, centre, quat, size)[0]
    assert iou == pytest.approx(1.0, abs=3.0 * turn_rad + 1e-3 * (turn_rad < 1e-8))
