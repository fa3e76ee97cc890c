"""Exports with a target spec: heads, masks, pictures, rasters; through the API and the command."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command

from labelapp.clips.services import clip_import
from labelapp.common import jobs
from labelapp.datasets.models import Export
from projection.batch.run import project_clip
from projection.io import read_clip_folder
from projection.target_spec import TargetSpecs
from tests.integration.clip_folders import START_NS, cuboid, write_clip_folder, write_labels

pytestmark = pytest.mark.django_db(transaction=True)

ROAD = [[-30.0, -4.0, -0.4], [60.0, -4.0, -0.4], [60.0, 4.0, -0.4], [-30.0, 4.0, -0.4]]
#: Geometry of every kind.
OTHERS: list[dict[str, Any]] = [
    {"id": "e-road", "class": "drivable", "geometry": "polygon", "attributes": {},
     "rings_m": [ROAD]},
    {"id": "f-lane", "class": "lane_boundary", "geometry": "polyline", "closed": False,
     "vertices_m": [[-20.0, 1.5, -0.4], [40.0, 1.5, -0.4]], "width_m": 0.3, "attributes": {}},
    {"id": "g-kerb", "class": "kerb", "geometry": "polyline", "closed": False,
     "vertices_m": [[-20.0, -4.0, -0.4], [40.0, -4.0, -0.4]], "attributes": {}},
    {"id": "h-pole", "class": "pole", "geometry": "keypoints", "attributes": {},
     "points": {"top": {"position_m": [20.0, 3.0, 2.0]}, "foot": {"position_m": [20.0, 3.0, 0.0]}}},
    {"id": "i-bush", "class": "bush", "geometry": "points", "attributes": {},
     "positions_m": [[12.0, 2.5 + 0.1 * n, 0.1 * n] for n in range(8)]},
]  # fmt: skip
GRID = {"frame": "ego", "origin_m": [-10, -10], "resolution_m": 0.5, "size": [80, 40]}
SPEC: dict[str, Any] = {
    "heads": {
        "cars": {"kind": "objects2d", "classes": ["car", {"name": "other", "of": ["van"]}]},
        "masks": {"kind": "instance"},
        "pixels": {"kind": "semantic", "classes": ["drivable", "car", "lane_boundary"]},
        "lanes": {"kind": "lanes", "cameras": ["front"]},
        "far": {"kind": "depth", "sampling": {"every": 2}},
        "points": {"kind": "keypoints"},
        "top": {"kind": "bev", "grid": GRID},
        "moves": {"kind": "flow", "grid": GRID},
    }
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = write_clip_folder(tmp_path / "street")
    behind = cuboid("c-behind", **{"class": "van"})
    behind["keyframes"][0]["position_m"] = [-15.0, 0.5, 0.4]
    write_labels(folder, [cuboid("a-parked"), behind, *OTHERS])
    return folder


@pytest.fixture
def imported(folder: Path, cast):
    return clip_import(
        actor=None, project=cast.project, folder=folder, progress=lambda *_: None
    ).clip


def table(file_of, export: Export, name: str) -> list[dict[str, Any]]:
    return pq.read_table(io.BytesIO(file_of(export, name))).to_pylist()


def test_the_export_and_the_command_say_the_same(
    imported, folder: Path, do_export, file_of, tmp_path: Path
) -> None:
    """Row by row and picture by picture, whichever way a clip is projected."""
    export = do_export(formats=["parquet"], spec=SPEC)
    recorded = read_clip_folder(folder)
    out = tmp_path / "out"
    project_clip(recorded, recorded.label_sets, TargetSpecs.from_dict(SPEC), out, workers=1)
    of_image = ("masks", "cars", "lanes", "points", "pixels", "far")
    for head in of_image:
        theirs = [
            row
            for path in sorted((out / head / "targets").rglob("*.parquet"))
            for row in pq.read_table(path).to_pylist()
        ]
        ours = table(file_of, export, f"{head}.targets.parquet")
        assert len(ours) == len(theirs)
        for mine, row in zip(ours, theirs, strict=True):
            assert mine["label_version"] == 1
            ours_only = {"clip_id", "clip", "track", "has_picture"}
            differ = {"image", "label_version"}
            assert set(mine) - set(row) == ours_only
            assert {k: v for k, v in mine.items() if k not in ours_only | differ} == {
                k: v for k, v in row.items() if k not in differ
            }
    for head, name in (("far", "depth_pictures"), ("masks", "id_pictures"),
                       ("pixels", "semantic_pictures")):  # fmt: skip
        with zipfile.ZipFile(io.BytesIO(file_of(export, f"{head}.pictures.zip"))) as archive:
            names = [n for n in archive.namelist() if n.startswith(f"{head}/{name}/")]
            assert names
            for entry in names:
                local = "/".join([*entry.split("/")[:2], *entry.split("/")[3:]])
                assert archive.read(entry) == (out / local).read_bytes()
        columns = table(file_of, export, f"{head}.images.parquet")
        assert {row[name[:-1]] for row in columns} == set(names)
    for head in ("top", "moves"):
        ticks = table(file_of, export, f"{head}.ticks.parquet")
        assert [row["time_ns"] for row in ticks] == [START_NS + n * 100_000_000 for n in range(3)]
        with zipfile.ZipFile(io.BytesIO(file_of(export, f"{head}.rasters.zip"))) as archive:
            for row in ticks:
                local = out / head / "rasters" / f"{row['time_ns']}.npz"
                assert archive.read(row["raster"]) == local.read_bytes()


def test_all_geometries_are_in_an_export_without_a_spec(imported, do_export, file_of) -> None:
    rows = table(file_of, do_export(formats=["parquet"]), "targets.parquet")
    found = {row["geometry"] for row in rows}
    assert found == {"cuboid", "polygon", "polyline", "keypoints", "points"}
    by_id = {row["label_id"]: row for row in rows if row["camera"] == "front"}
    assert by_id["a-parked"]["mask_visible_px"] > 0
    assert by_id["a-parked"]["occluders"] == ["cuboids", "polygons"]
    assert by_id["e-road"]["rings_px"]
    assert {piece["visible"] for piece in by_id["g-kerb"]["pieces"]} <= {True, False}
    assert {point["name"] for point in by_id["h-pole"]["keypoints"]} == {"top", "foot"}
    assert by_id["i-bush"]["points_inside"] > 0
    assert by_id["e-road"]["corners"] is None


def test_coco_has_surfaces_as_masks_and_names_what_it_leaves_out(
    imported, do_export, json_of
) -> None:
    export = do_export()
    coco = json_of(export, "coco.json")
    by_label = {a["label_id"]: a for a in coco["annotations"]}
    assert set(by_label) == {"a-parked", "c-behind", "e-road", "f-lane", "i-bush"}
    assert isinstance(by_label["a-parked"]["segmentation"], list)
    assert set(by_label["e-road"]["segmentation"]) == {"size", "counts"}
    assert json_of(export, "manifest.json")["labels_left_out"] == {
        "coco": {"polyline": 1, "keypoints": 1}, "parquet": {},
    }  # fmt: skip


def test_coco_of_heads_is_one_file_for_each_that_has_boxes(imported, do_export, json_of) -> None:
    export = do_export(formats=["coco"], spec=SPEC)
    names = [file["name"] for file in export.files]
    assert names == ["cars.coco.json", "masks.coco.json", "manifest.json"]
    cars = json_of(export, "cars.coco.json")
    assert [(c["id"], c["name"]) for c in cars["categories"]] == [(1, "car"), (2, "other")]
    assert {a["category_id"] for a in cars["annotations"]} == {1, 2}
    masks = json_of(export, "masks.coco.json")
    assert all(set(a["segmentation"]) == {"size", "counts"} for a in masks["annotations"])
    manifest = json_of(export, "manifest.json")
    assert manifest["spec"] == TargetSpecs.from_dict(SPEC).to_dict()


def test_pixels_are_numbered_by_the_spec_s_classes(imported, do_export, file_of) -> None:
    export = do_export(formats=["parquet"], spec={"heads": {"pixels": SPEC["heads"]["pixels"]}})
    (row,) = [
        row
        for row in table(file_of, export, "pixels.images.parquet")
        if (row["camera"], row["time_ns"]) == ("front", START_NS)
    ]
    with zipfile.ZipFile(io.BytesIO(file_of(export, "pixels.pictures.zip"))) as archive:
        content = np.frombuffer(archive.read(row["semantic_picture"]), dtype=np.uint8)
    picture = cv2.imdecode(content, cv2.IMREAD_UNCHANGED)
    areas = {mask["class"]: mask["area_px"] for mask in row["semantic"]}
    numbers = {"drivable": 1, "car": 2, "lane_boundary": 3}
    for name, number in numbers.items():
        assert (picture == number).sum() == areas.get(name, 0)
    assert areas["drivable"] > 0
    assert areas["car"] > 0


def test_exporting_twice_gives_the_same_bytes(imported, do_export) -> None:
    first, second = (do_export(formats=["coco", "parquet"], spec=SPEC) for _ in range(2))
    assert first.files == second.files


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"spec": {"targets": ["boxes"]}}, "spec", "spec: targets[0]: expected one of box2d_full"),
        ({"spec": {"heads": {"a": {"kind": "x"}}}}, "spec", "heads.a.kind: expected one of obj"),
        ({"spec": "all"}, "spec", 'expected an object, found "all"'),
        (
            {"spec": {"targets": ["semantic"]}, "formats": ["coco"]},
            "formats",
            "formats: the spec asks for nothing that coco can hold.",
        ),
    ],
)
def test_a_wrong_spec_is_refused_in_a_sentence(cast, imported, change, field, sentence) -> None:
    body = {"layer": "objects", "source": "gold", "formats": ["parquet"], **change}
    response = cast.client("engineer").send("POST", "/api/projects/a/exports", body)
    assert response.status_code == 400
    assert sentence in response.json()["message"]
    assert field in response.json()["details"]["fields"]
    assert not Export.objects.exists()


def test_the_api_keeps_the_spec_complete(cast, imported, ontology) -> None:
    body = {"layer": "objects", "source": "gold", "formats": ["parquet"], "spec": SPEC}
    started = cast.client("engineer").send("POST", "/api/projects/a/exports", body).json()
    assert started["spec"] == TargetSpecs.from_dict(SPEC).to_dict()


def test_a_spec_that_takes_no_image_fails_with_a_sentence(cast, imported, ontology) -> None:
    spec = {"targets": ["corners"], "cameras": ["roof"]}
    body = {"layer": "objects", "source": "gold", "formats": ["parquet"], "spec": spec}
    cast.client("engineer").send("POST", "/api/projects/a/exports", body)
    export = Export.objects.get()
    jobs.run(export.job_id)
    export.job.refresh_from_db()
    assert export.job.state == "failed"
    assert "takes no image and no tick of these clips" in export.job.message


def test_the_command_takes_yaml(imported, ontology, tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text("targets: [box2d_clipped, distance]\nclasses: [car]\n")
    out = tmp_path / "out"
    call_command("export", project="a", source="gold", here=True, out=out, spec=path)
    assert sorted(entry.name for entry in out.iterdir()) == [
        "labels.parquet", "manifest.json", "targets.parquet"
    ]  # fmt: skip
    rows = pq.read_table(out / "targets.parquet").to_pylist()
    assert {row["label_id"] for row in rows} == {"a-parked"}
    assert "mask_visible" not in rows[0]
    assert json.loads((out / "manifest.json").read_text())["spec"]["classes"] == [
        {"name": "car", "of": ["car"]}
    ]
    path.write_text("targets: [boxes]\n")
    with pytest.raises(CommandError, match=r"spec.yaml: targets\[0\]: expected one of box2d_full"):
        call_command("export", project="a", source="gold", here=True, out=out, spec=path)
