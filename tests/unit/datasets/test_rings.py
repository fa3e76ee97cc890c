"""Loops with holes as polygons that COCO fills and joins."""

import numpy as np
import pytest
from pycocotools import mask as coco_mask

from labelapp.datasets.formats.rings import signed_area, without_holes


def square(centre: tuple[float, float], half: float, *, turned: bool = False) -> np.ndarray:
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], dtype=float) * half + centre
    return corners[::-1] if turned else corners


def filled(polygons: list[np.ndarray]) -> np.ndarray:
    """The pixels that COCO fills, as pycocotools does it."""
    encoded = coco_mask.frPyObjects([polygon.ravel().tolist() for polygon in polygons], 100, 100)
    return np.array(coco_mask.decode(coco_mask.merge(encoded)), dtype=bool)


def even_odd(loops: list[np.ndarray]) -> np.ndarray:
    odd = np.zeros((100, 100), dtype=bool)
    for loop in loops:
        odd ^= filled([loop])
    return odd


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools'
@pytest.mark.parametrize("turned", [False, True])
def test_a_hole_stays_a_hole(turned: bool) -> None:
    loops = [square((50, 50), 30), square((45, 55), 10, turned=turned)]
    polygons = without_holes(loops)
    assert len(polygons) == 1
    assert abs(signed_area(polygons[0])) == pytest.approx(60**2 - 20**2)
    differ = filled(polygons) != even_odd(loops)
    assert differ.sum() <= 40  # along the cut and the hole's edge
    assert not filled(polygons)[55, 45]
    assert filled(polygons)[30, 30]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools'
def test_two_holes_and_a_part_beside_them() -> None:
    loops = [
        square((10, 90), 5),
        square((50, 50), 30),
        square((35, 40), 6),
        square((65, 60), 6, turned=True),
    ]
    polygons = without_holes(loops)
    assert len(polygons) == 2
    area = sum(abs(signed_area(polygon)) for polygon in polygons)
    assert area == pytest.approx(100 + 3600 - 2 * 144)
    assert (filled(polygons) != even_odd(loops)).sum() <= 60


def test_one_loop_and_separate_ones_stay_as_they_are() -> None:
    one = square((50, 50), 30)
    assert without_holes([one])[0] is one
    assert without_holes([]) == []
    parts = [square((20, 20), 5), square((80, 80), 10)]
    found = without_holes(parts)
    assert sorted(abs(signed_area(part)) for part in found) == [100, 400]
