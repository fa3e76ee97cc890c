"""Sweeps as the browser reads them."""

import struct

import numpy as np
import pytest

from labelapp.clips.ground import combine, ground_height
from labelapp.clips.sweeps import (
    Points,
    decode_sweep,
    encode_sweep,
    finite_points,
    robust_maximum,
)

POSITIONS = np.array([[1.5, -2.0, 0.25], [100.0, 200.0, -3.0], [0.0, 0.0, 0.0]])


def test_the_bytes_are_those_of_the_contract() -> None:
    points = Points(POSITIONS, np.array([0.0, 50.0, 200.0]), np.array([0.0, 0.05, -0.05]))
    content = encode_sweep(points, intensity_scale=100.0)
    assert struct.unpack_from("<4sIII", content) == (b"LAS1", 3, 3, 0)
    assert np.frombuffer(content, "<f4", 9, 16).reshape(3, 3).tolist() == POSITIONS.tolist()
    assert np.frombuffer(content, "<f4", 3, 52).tolist() == [0.0, 0.5, 1.0]
    offsets = np.frombuffer(content, "<f4", 3, 64)
    assert offsets.tolist() == np.float32([0.0, 0.05, -0.05]).tolist()
    assert len(content) == 16 + 4 * 3 * 5


@pytest.mark.parametrize("has_intensity", [True, False])
@pytest.mark.parametrize("has_offsets", [True, False])
def test_what_was_encoded_is_decoded(has_intensity, has_offsets) -> None:
    points = Points(
        POSITIONS,
        np.array([0.0, 0.25, 1.0]) if has_intensity else None,
        np.array([0.0, 0.5, 0.25]) if has_offsets else None,
    )
    found = decode_sweep(encode_sweep(points, intensity_scale=1.0))
    assert found.positions_m.tolist() == POSITIONS.tolist()
    for name in ("intensity", "time_offsets_s"):
        expected, is_there = getattr(points, name), getattr(found, name)
        assert (expected is None) == (is_there is None)
        assert expected is None or is_there.tolist() == expected.tolist()


def test_an_empty_sweep_is_a_sweep() -> None:
    assert len(decode_sweep(encode_sweep(Points(np.zeros((0, 3))), intensity_scale=0.0))) == 0


def test_a_sweep_that_was_cut_off_is_refused() -> None:
    content = encode_sweep(Points(POSITIONS), intensity_scale=1.0)
    for broken in (content[:-1], content[:10], b"LAS2" + content[4:]):
        with pytest.raises(ValueError, match="sweep: expected"):
            decode_sweep(broken)


def test_points_without_a_position_are_left_out_and_other_gaps_become_zero() -> None:
    positions = np.array([[0, 0, 0], [np.nan, 0, 0], [1, np.inf, 0], [1, 2, 3.0]])
    kept = finite_points(Points(positions, np.array([np.nan, 1, 2, 3.0]), None))
    assert kept.positions_m.tolist() == [[0, 0, 0], [1, 2, 3]]
    assert kept.intensity is not None
    assert kept.intensity.tolist() == [0, 3]
    assert kept.time_offsets_s is None


def test_points_that_single_precision_cannot_hold_are_left_out() -> None:
    positions = np.array([[0, 0, 0], [1e39, 0, 0], [0, -1e300, 0], [0, 0, 3e38]])
    kept = finite_points(Points(positions, None, np.array([1e300, 0.0, 0.0, 0.5])))
    assert len(kept) == 2
    decoded = decode_sweep(encode_sweep(kept, intensity_scale=1.0))
    assert np.isfinite(decoded.positions_m).all()
    assert decoded.time_offsets_s is not None
    assert decoded.time_offsets_s.tolist() == [0.0, 0.5]


def test_a_few_glaring_points_do_not_set_the_scale() -> None:
    intensity = np.r_[np.linspace(0, 10, 1000), np.full(5, 1e6)]
    assert 9.5 < robust_maximum(intensity) < 10.5
    assert robust_maximum(np.zeros(0)) == 0.0
    assert robust_maximum(None) == 0.0


def street(rng: np.random.Generator, ground_z_m: float) -> np.ndarray:
    """A road with a kerb, parked cars, house fronts and a few reflections below the ground."""
    xy = rng.uniform(-25, 25, (20000, 2))
    z = ground_z_m + rng.normal(0, 0.02, 20000) + np.where(np.abs(xy[:, 1]) > 6, 0.12, 0.0)
    cars = np.c_[rng.uniform(-20, 20, (4000, 1)), rng.uniform(3, 5, (4000, 1)), np.full(4000, 1.4)]
    cars[:, 2] += ground_z_m
    walls = np.c_[
        rng.uniform(-25, 25, (8000, 1)), np.full(8000, 11.0), rng.uniform(0, 10, 8000) + ground_z_m
    ]
    stray = np.c_[rng.uniform(-10, 10, (40, 2)), np.full(40, ground_z_m - 3.0)]
    return np.vstack([np.c_[xy, z], cars, walls, stray])


@pytest.mark.parametrize("ground_z_m", [0.0, -1.9, 57.3])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_ground_is_found_under_cars_beside_walls_and_above_reflections(
    ground_z_m, seed
) -> None:
    rng = np.random.default_rng(seed)
    offset = np.array([1000.0, -500.0, 0.0])
    points = street(rng, ground_z_m) + offset
    found = ground_height(points, offset[:2])
    assert found is not None
    assert abs(found - ground_z_m) < 0.13  # at most the kerb's height


def test_without_ground_in_sight_nothing_is_made_up() -> None:
    assert ground_height(np.zeros((0, 3)), np.zeros(2)) is None
    assert ground_height(np.full((100, 3), 500.0), np.zeros(2)) is None
    assert combine([None, None]) is None
    assert combine([None, 1.0, 2.0, 9.0]) == 2.0
