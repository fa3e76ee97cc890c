"""What a data set's card says where there is little to count."""

import re
from typing import Any

import numpy as np
import pyarrow as pa

from labelapp.datasets.cards.page import card_html
from labelapp.datasets.cards.tally import Tally

_VERSION = {
    "dataset": "streets",
    "number": 1,
    "content_hash": "0" * 64,
    "note": "",
    "created_at": "today",
    "sums": {"clips": 1, "images": 3, "labels": 1, "splits": {"": 1}},
    "deprecated": None,
}


def targets(count: int) -> pa.Table:
    one: dict[str, Any] = {
        "class": "car",
        "box_clipped_u0_px": 10.0,
        "box_clipped_v0_px": 10.0,
        "box_clipped_u1_px": 20.0,
        "box_clipped_v1_px": 20.0,
        "width": 640.0,
        "height": 480.0,
        "distance_m": 12.0,
        "occlusion": None,
        "truncation": 0.0,
    }
    return pa.table({name: [value] * count for name, value in one.items()})


def test_a_camera_that_sees_nothing_has_no_densest_place() -> None:
    tally = Tally()
    for camera, count in (("front", 3), ("left", 1), ("rear", 0)):
        tally.add(targets(count), camera=camera, images=1, split="")
    card = {**tally.to_dict(), "labels": {"car": 1}, "every": 1, "colors": {}}
    assert np.max(card["cameras"]["rear"]["heat"]) == 0
    page = card_html({**card, "examples": [], "places": []}, _VERSION, whole=True)
    assert re.findall('<figcaption class="dim">(.*?)</figcaption>', page) == [
        "1 image, 3 targets, at most 3 boxes over one place",
        "1 image, 1 target, at most 1 box over one place",
        "1 image, 0 targets",
    ]
