"""Looking at targets before there is an export: the same as the export would have."""

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from labelapp.clips.models import Clip
from labelapp.clips.services import clip_import
from tests.integration.clip_folders import (
    START_NS,
    TICK_NS,
    cuboid,
    write_clip_folder,
    write_labels,
)

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


def imported(cast, tmp_path: Path, name: str, labels: list[dict[str, Any]], **options: Any) -> Clip:
    folder = write_clip_folder(tmp_path / f"folder of {name}", name=name, **options)
    write_labels(folder, labels)
    done = clip_import(actor=None, project=cast.project, folder=folder, progress=lambda *_: None)
    return done.clip


def test_looking_begins_with_a_clip_and_an_image_that_show_labels(
    look, cast, clip, tmp_path: Path
) -> None:
    imported(cast, tmp_path, "a has none", [], seed=1)
    behind = cuboid("behind", **{"class": "van"})
    behind["keyframes"][0]["position_m"] = [-15.0, 0.5, 0.4]
    first = imported(cast, tmp_path, "b shows one behind", [behind], seed=2)
    begun = {"clip_id": None, "camera": "", "index": None}
    shown = look(**begun).json()
    assert (shown["clip_id"], shown["clip"]) == (str(first.pk), "b shows one behind")
    assert (shown["camera"], shown["count"]) == ("rear", 1)
    # Of a selection: the first clip that it has.
    only = look(**begun, query={"clips": [str(clip.pk)]}).json()
    assert (only["clip_id"], only["camera"]) == (str(clip.pk), "front")
    assert only["count"] > 0
    cars = look(**begun, query={"classes": ["car"]}, text="kind: objects2d\nclasses: [car]\n")
    assert cars.json()["clip_id"] == str(clip.pk)
    # Within one camera that sees nothing: its middle.
    alone = look(clip_id=str(first.pk), camera="front", index=None).json()
    assert (alone["camera"], alone["index"], alone["count"]) == ("front", 1, 0)


def test_an_image_is_found_in_which_a_label_is_only_for_a_moment(
    look, cast, tmp_path: Path
) -> None:
    ticks = 40
    times = [START_NS + tick * TICK_NS for tick in (7, 8)]
    frame = cuboid("x")["keyframes"][0]
    brief = [{**frame, "time_ns": str(time), "position_m": [16.0, 0, 0.4]} for time in times]
    label = cuboid("brief", static=False, keyframes=brief)
    one = imported(cast, tmp_path, "long", [label], ticks=ticks)
    shown = look(clip_id=str(one.pk), camera="", index=None).json()
    assert (shown["count"], shown["camera"]) == (1, "front")
    assert times[0] <= int(shown["time_ns"]) <= times[1]


def test_where_nothing_is_labelled_nothing_is_looked_at(look, cast) -> None:
    answer = look(clip_id=None, layers=["road"])
    assert answer.status_code == 400
    assert answer.json()["message"] == (
        "clip_id: no clip that is asked for has labels of layers road from human, gold."
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"camera": "none"}, "camera: expected one of front"),
        ({"index": 10_000}, "index: expected 0 to"),
        ({"text": "kind: boxes\n"}, "text: line 1: kind: expected"),
        ({"text": "kind: objects2d\ncameras: [roof]\n"}, "camera: expected one of the head's"),
        ({"layers": ["road"]}, "has no labels of layers road"),
        ({"camera": "none", "index": None}, "camera: expected one with images in clip 'street'"),
        ({"clip_id": None, "query": {"clas": 1}}, "query.clas: expected one of"),
        ({"clip_id": None, "query": [1]}, "query: expected an object"),
    ],
)
def test_what_is_asked_for_wrongly_gets_a_sentence(look, options: Any, said: str) -> None:
    answer = look(**options)
    assert answer.status_code == 400
    assert said in answer.json()["message"]
