"""Looking at targets before there is an export: the same as the export would have."""

import base64
import io
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

pytestmark = pytest.mark.django_db(transaction=True)

TOP = "kind: bev\ngrid: {frame: ego, origin_m: [-20, -15], resolution_m: 0.5, size: [80, 60]}\n"


@pytest.fixture
def look(cast, clip, ontology):
    def ask(**options: Any) -> Any:
        body = {
            "clip_id": str(clip.pk), "camera": "front", "index": 0, "layers": ["objects"],
            "sources": ["human", "gold"], **options,
        }  # fmt: skip
        return cast.client("engineer").send("post", "/api/projects/a/target-preview", body)

    return ask


def pixels(answer: Any) -> np.ndarray:
    content = base64.b64decode(answer.json()["picture"].removeprefix("data:image/jpeg;base64,"))
    with Image.open(io.BytesIO(content)) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def test_what_is_shown_is_what_an_export_has(look, do_export, file_of) -> None:
    answer = look()
    assert answer.status_code == 200, answer.content
    shown = answer.json()
    rows = pq.read_table(io.BytesIO(file_of(do_export(), "targets.parquet"))).to_pylist()
    expected = {
        row["label_id"]: row["distance_m"]
        for row in rows
        if row["camera"] == "front" and str(row["time_ns"]) == shown["time_ns"]
    }
    assert expected
    assert {row["label_id"]: row["distance_m"] for row in shown["targets"]} == expected
    assert shown["count"] == len(expected)


def test_each_head_is_drawn(look) -> None:
    head = "{{kind: objects2d, classes: [{}]}}\n"
    text = f"heads:\n  cars: {head.format('car')}  vans: {head.format('van')}"
    cars, vans = look(text=text, head="cars"), look(text=text, head="vans")
    assert cars.json()["heads"] == ["cars", "vans"]
    assert {row["class"] for row in cars.json()["targets"]} == {"car"}
    assert vans.json()["head"] == "vans"
    assert vans.json()["count"] == 0
    # The pictures are the same but for what is drawn.
    assert np.abs(pixels(cars) - pixels(vans)).max() > 100


@pytest.mark.parametrize("kind", ["semantic", "instance", "depth", "objects3d"])
def test_masks_and_pictures_of_depth_are_drawn_too(look, kind: str) -> None:
    answer = look(text=f"kind: {kind}\n")
    assert answer.status_code == 200, answer.content
    empty = look(text="kind: objects2d\nclasses: [tram]\n")
    assert np.abs(pixels(answer) - pixels(empty)).max() > 60


def test_what_is_from_above_is_of_the_nearest_tick(look) -> None:
    answer = look(text=TOP)
    assert answer.status_code == 200, answer.content
    assert answer.json()["is_tick"]
    shown = pixels(answer)
    assert shown.shape[0] / shown.shape[1] == pytest.approx(80 / 60)  # ahead is up
    assert len(np.unique((shown // 64).reshape(-1, 3), axis=0)) > 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"camera": "none"}, "camera: expected one of front"),
        ({"index": 10_000}, "index: expected 0 to"),
        ({"text": "kind: boxes\n"}, "text: line 1: kind: expected"),
        ({"text": "kind: objects2d\ncameras: [roof]\n"}, "camera: expected one of the head's"),
        ({"layers": ["road"]}, "has no labels of layers road"),
    ],
)
def test_what_is_asked_for_wrongly_gets_a_sentence(look, options: Any, said: str) -> None:
    answer = look(**options)
    assert answer.status_code == 400
    assert said in answer.json()["message"]
