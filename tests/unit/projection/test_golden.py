"""The golden vectors are current, and right by arithmetic with 50 digits."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import mpmath as mp
import numpy as np
import pytest

GOLDEN = Path(__file__).resolve().parents[2] / "golden"
sys.path.insert(0, str(Path(__file__).resolve().parent))

from exact import exact_pixel  # noqa: E402  lies beside this file


def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("golden_make", GOLDEN / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKER = maker()


def load(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((GOLDEN / name).read_text())
    return document


@pytest.mark.parametrize("name", sorted(MAKER.FILES))
def test_golden_file_is_what_the_code_makes_today(name: str) -> None:
    made = json.loads(MAKER.written(MAKER.FILES[name]()))
    difference = MAKER.difference(load(name), made)
    assert difference is None, f"{name}{difference}: run python tests/golden/make.py"


@pytest.mark.parametrize(
    "entry", load("cameras.json")["cameras"], ids=lambda e: e["camera"]["name"]
)
def test_golden_pixels_are_right_in_fifty_digits(entry: dict[str, Any]) -> None:
    pixels = 0
    for case in entry["project"]:
        assert (case["uv"] is not None) == (case["status"] in (0, 3))
        if case["uv"] is None:
            continue
        pixels += 1
        exact = exact_pixel(entry["camera"], case["point"])
        for found, expected in zip(case["uv"], exact, strict=True):
            assert abs(mp.mpf(found) - expected) <= 1e-9 * max(1, abs(expected) / 10), case
    assert pixels > 15


@pytest.mark.parametrize(
    "entry", load("cameras.json")["cameras"], ids=lambda e: e["camera"]["name"]
)
def test_golden_rays_land_on_their_pixels_in_fifty_digits(entry: dict[str, Any]) -> None:
    rays = 0
    for case in entry["unproject"]:
        if case["ray"] is None:
            assert case["status"] == 2
            continue
        rays += 1
        assert np.linalg.norm(case["ray"]) == pytest.approx(1.0, abs=1e-12)
        exact = exact_pixel(entry["camera"], case["ray"])
        for found, expected in zip(exact, case["uv"], strict=True):
            assert abs(found - expected) <= 1e-8, case
    assert rays >= 3
