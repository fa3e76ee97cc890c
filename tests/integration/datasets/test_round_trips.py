"""Exports read back as label sets by our own importers, and compared with what was exported."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

import quality
from labelapp.clips.services import clip_import
from labelapp.labels.models import Label, LabelSet
from projection import Track
from projection.io import read_label
from tests.integration.clip_folders import START_NS, cuboid, write_clip_folder, write_labels

pytestmark = [pytest.mark.django_db(transaction=True)]

TICKS = 6
SPAN_NS = (START_NS - 100_000_000, START_NS + TICKS * 100_000_000)
WORLDS = ("argoverse2", "nuscenes", "openlabel", "parquet", "webdataset")
ROUNDED = quality.Resolution(within_m=1e-3, within_rad=1e-3)


def key(ticks: float, x: float, y: float = -2.0, **more: Any) -> dict[str, Any]:
    time_ns = START_NS + round(ticks * 100_000_000)
    turned = more.pop("quat_xyzw", [0.0, 0.0, 0.0, 1.0])
    return {"time_ns": str(time_ns), "position_m": [x, y, 0.4], "quat_xyzw": turned, **more}


def track(name: str, *keyframes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return cuboid(name, static=False, keyframes=list(keyframes), **more)


def standing(name: str, x: float, **more: Any) -> dict[str, Any]:
    return cuboid(name, keyframes=[key(0, x, 1.0)], **more)


def odd_labels() -> list[dict[str, Any]]:
    """Everything that a format could stumble over."""
    lean = [float(np.sin(0.1)), 0.0, 0.0, float(np.cos(0.1))]
    bent = [key(0, 20.0, -4.0), key(2.5, 26.0, 0.0), key(5, 30.0, 5.0)]
    return [
        standing("a parked", 12.0),
        track("b-moving", key(0, 14.0), key(1, 15.5, attributes={"brake": True}), key(5, 21.0),
              attributes={"brake": False, "note": "1.5", "a.b": 'of "it"', "count": 3}),
        track("c-gap", key(0, 9.0, 2.0), key(1, 9.5, 2.0, gap_after=True), key(4, 11.0, 2.0),
              key(5, 12.0, 2.0)),
        track("d-once", key(2, 16.0, 3.0)),
        standing("e-named", 30.0, **{"class": "véhicule léger 车"}),
        track("f-bent", *bent, interpolation="spline"),
        track("g-leaning", *(key(t, 18.0 + t, -3.0, quat_xyzw=lean) for t in range(TICKS))),
        standing("h-guessed", 36.0, score=0.5),
        standing("i-short", 42.0, from_ns=str(START_NS + 10**8), to_ns=str(START_NS + 3 * 10**8)),
        track("j-between", key(1.4, 15.0, 4.0), key(1.6, 15.2, 4.0)),
        track("k-growing", key(0, 25.0, 6.0), key(5, 26.0, 6.0, size_m=[6.0, 2.0, 2.0])),
        track("l-longer", key(1, 22.0, -6.0), key(2, 23.0, -6.0),
              to_ns=str(START_NS + 450_000_000)),
        {"id": "m-road", "class": "drivable", "geometry": "polygon", "attributes": {"wet": True},
         "rings_m": [[[0, 0, 0], [9, 0, 0], [9, 9, 0]], [[6, 1, 0], [7, 1, 0], [7, 2, 0]]]},
        {"id": "n-lane", "class": "lane_boundary", "geometry": "polyline", "closed": False,
         "vertices_m": [[-20.0, 1.5, -0.4], [40.0, 1.5, -0.4]], "width_m": 0.3,
         "attributes": {"width_m": 7}, "score": 0.25},
        {"id": "o-round", "class": "kerb", "geometry": "polyline", "closed": True,
         "vertices_m": [[20.0, 1.5, 0], [24.0, 1.5, 0], [24.0, 3.5, 0]], "attributes": {}},
        {"id": "p-pole", "class": "pole", "geometry": "keypoints", "attributes": {},
         "points": {"top": {"position_m": [20.0, 3.0, 2.0], "visible": False}}},
        {"id": "q-bush", "class": "bush", "geometry": "points", "attributes": {},
         "positions_m": [[12.0, 2.5, 0.1], [12.0, 2.5, 0.2]],
         "sweeps": [{"lidar": "roof", "time_ns": str(START_NS), "indices": [1, 2]}]},
    ]  # fmt: skip


@pytest.fixture
def clip(tmp_path: Path, cast, ontology):
    folder = write_clip_folder(tmp_path / "street", ticks=TICKS)
    write_labels(folder, odd_labels())
    return clip_import(
        actor=None, project=cast.project, folder=folder, progress=lambda *_: None
    ).clip


def labels_of(clip, **which: str) -> dict[str, Any]:
    label_set = LabelSet.objects.get(clip=clip, **which)
    rows = Label.objects.filter(label_set=label_set, body__isnull=False).order_by("label_id")
    return {row.label_id: read_label(row.body) for row in rows}


def exported(tmp_path: Path, name: str, *formats: str, **more: Any) -> tuple[Path, dict[str, Any]]:
    out = tmp_path / name
    call_command(
        "export", project="a", source="gold", here=True, out=out, formats=list(formats), **more
    )
    return out, json.loads((out / "manifest.json").read_text())


def back(clip, out: Path, name: str, **more: Any) -> dict[str, Any]:
    call_command("import_labels", out, project="a", name=name, keep_classes=True, **more)
    return labels_of(clip, source="import", name=name)


def lost(truth: dict[str, Any], found: dict[str, Any], resolution: quality.Resolution) -> Counter:
    """Of how many labels which fields are lost, as a comparison finds."""
    counted: Counter[str] = Counter()
    for name, label in truth.items():
        if name not in found:
            counted["label"] += 1
            continue
        counted.update(quality.fields_lost(label, found[name], SPAN_NS, resolution))
    return counted


def test_a_round_trip_loses_what_the_report_lists_and_nothing_else(clip, tmp_path: Path) -> None:
    truth = labels_of(clip, source="gold")
    boxes = {name: label for name, label in truth.items() if label.geometry == "cuboid"}
    out, manifest = exported(tmp_path, "world", *WORLDS[:4], "kitti_tracking", "kitti_object",
                             "coco", "yolo")  # fmt: skip
    listed = manifest["fields_lost"]
    in_map = {name: truth[name] for name in ("m-road", "n-lane", "o-round")}
    for name, held in (("argoverse2", boxes | in_map), ("nuscenes", boxes)):
        found = back(clip, out / name, name)
        assert lost(held, found, quality.Resolution()) == listed[name], name
        assert set(found) == set(held) - {"j-between"}
    assert listed["argoverse2"]["rings_m"] == 1, "maps have no holes"
    found = back(clip, out / "openlabel", "openlabel")
    assert lost(truth, found, quality.Resolution()) == listed["openlabel"]
    found = back(clip, out / "labels.parquet", "parquet")
    assert lost(truth, found, quality.Resolution()) == listed["parquet"] == {}
    assert {n: dict(found[n].spec) for n in found} == {n: dict(truth[n].spec) for n in truth}

    # KITTI calls tracks by their numbers, in the order of ids.
    names = sorted(truth)
    found = back(clip, out / "kitti_tracking", "kitti_tracking")
    found = {names[int(number)]: label for number, label in found.items()}
    assert lost(boxes, found, ROUNDED) == listed["kitti_tracking"]
    # What stays of tracks is right, to the millimetre.
    moving, read = Track(boxes["b-moving"]), Track(found["b-moving"])
    for time_ns in found["b-moving"].times_ns.tolist():
        want, have = moving.at(time_ns), read.at(time_ns)
        assert np.abs(want.position_m - have.position_m).max() < 1e-3
        assert np.abs(want.size_m - have.size_m).max() < 1e-3
        assert abs(float(want.quat_xyzw @ have.quat_xyzw)) == pytest.approx(1.0, abs=1e-8)

    found = back(clip, out / "kitti_object", "kitti_object")
    assert lost_of_single(boxes, found) == listed["kitti_object"]

    # Formats of pictures have no place in the world, and say so when they are to be imported.
    flat = len(truth) - 1 - manifest["labels_left_out"]["coco"]["polyline"]
    assert listed["coco"]["place"] == listed["yolo"]["place"] == flat
    for name, said in (("coco.json", "COCO"), ("yolo", "YOLO")):
        with pytest.raises(CommandError, match=f"{said} has boxes in images, not in the world"):
            call_command("import_labels", out / name, project="a")


def lost_of_single(truth: dict[str, Any], found: dict[str, Any]) -> Counter:
    """The same, where each box is a label of its own: by the nearest one of its time."""
    fields: dict[str, set[str]] = {}
    copies: Counter[str] = Counter()
    tracks = {name: Track(label) for name, label in truth.items()}
    for copy in found.values():
        time_ns = int(copy.times_ns[0])
        places = {n: t.at(time_ns) for n, t in tracks.items() if t.exists(time_ns)[0]}
        apart = {n: np.abs(s.position_m - copy.positions_m[0]).max() for n, s in places.items()}
        (name,) = (n for n, far in apart.items() if far < 1e-3)
        copies[name] += 1
        fields.setdefault(name, set()).update(
            quality.fields_lost(truth[name], copy, SPAN_NS, ROUNDED)
        )
    counted: Counter[str] = Counter()
    for name in truth:
        counted.update(fields.get(name, {"label"}))
        counted["track"] += copies[name] > 1
    return +counted


def test_boxes_of_webdataset_come_back_where_the_spec_asks_for_their_place(
    clip, tmp_path: Path
) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text("{kind: objects3d}")
    out, manifest = exported(tmp_path, "shards", "webdataset", spec=spec)
    truth = labels_of(clip, source="gold")
    boxes = {name: label for name, label in truth.items() if label.geometry == "cuboid"}
    found = back(clip, out, "shards")
    assert lost(boxes, found, quality.Resolution()) == manifest["fields_lost"]["webdataset"]
    out, manifest = exported(tmp_path, "flat", "webdataset")
    assert manifest["fields_lost"]["webdataset"] == {"place": len(truth)}
    with pytest.raises(CommandError, match="ask for the target box3d"):
        call_command("import_labels", out, project="a")
