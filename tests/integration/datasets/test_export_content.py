"""What is in the files of an export."""

import contextlib
import hashlib
import io
import json
import uuid
import zipfile

import numpy as np
import pyarrow.parquet as pq
import pytest
from pycocotools.coco import COCO

from labelapp.clips.manifest import manifest_read
from labelapp.clips.services import clip_import
from labelapp.common import jobs
from labelapp.common.storage import walk
from labelapp.datasets.code_version import code_version
from labelapp.datasets.services import export_create
from labelapp.datasets.storage import export_storage
from labelapp.labels.models import LabelSet
from projection import Track, View, project_cuboid
from projection.batch.code_version import code_version as projection_version
from projection.io import read_clip_folder
from tests.integration.clip_folders import START_NS, write_clip_folder

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clip")]


@pytest.fixture
def rows(do_export, file_of) -> list[dict]:
    export = do_export()
    return pq.read_table(io.BytesIO(file_of(export, "targets.parquet"))).to_pylist()


def test_every_target_is_what_projection_says(rows, folder, clip) -> None:
    """All images, all labels: none too many, none too few, every number the same."""
    recorded = read_clip_folder(folder)
    tracks = [Track(label) for label in recorded.label_sets[0].labels]
    expected = {}
    for image in recorded.images:
        view = View(recorded.camera(image.camera), None, recorded.trajectory, image.time_ns)
        for track in tracks:
            target = project_cuboid(view, track)
            if target is not None:
                expected[image.camera, image.time_ns, track.id] = target
    found = {(row["camera"], row["time_ns"], row["label_id"]): row for row in rows}
    assert len(found) == len(rows)
    assert set(found) == set(expected)
    assert len({camera for camera, _, _ in found}) == 2
    for key, target in expected.items():
        row = found[key]
        names = ("u0", "v0", "u1", "v1")
        clipped = tuple(row[f"box_clipped_{n}_px"] for n in names)
        assert clipped == pytest.approx(target.box_clipped, abs=1e-9)
        full = tuple(row[f"box_full_{n}_px"] for n in names)
        assert full == pytest.approx(target.box_full or (None,) * 4, abs=1e-9)
        assert row["truncation"] == pytest.approx(target.truncation, abs=1e-9)
        assert row["distance_m"] == pytest.approx(target.distance_m, abs=1e-9)
        assert row["depth_m"] == pytest.approx(target.depth_m, abs=1e-9)
        assert [corner["status"] for corner in row["corners"]] == target.corners_status.tolist()
        uv = np.array([[c["u_px"], c["v_px"]] for c in row["corners"]], dtype=float)
        np.testing.assert_allclose(uv, target.corners_uv, atol=1e-9)
        for loop, found_loop in zip(target.outline, row["outline_px"], strict=True):
            np.testing.assert_allclose(loop.ravel(), found_loop, atol=1e-9)


def test_a_box_that_reaches_behind_the_camera_has_no_full_box(rows) -> None:
    beside = [row for row in rows if row["label_id"] == "d-beside" and row["camera"] == "front"]
    assert beside
    assert beside[0]["box_full_u0_px"] is None
    assert beside[0]["box_clipped_u0_px"] == -0.5
    assert 0 < beside[0]["truncation"] < 1
    assert any(corner["u_px"] is None for corner in beside[0]["corners"])


def test_attributes_are_those_of_the_images_own_time(rows) -> None:
    lit = {
        row["time_ns"]: json.loads(row["attributes"])["brake_lights"]
        for row in rows
        if row["label_id"] == "b-moving" and row["camera"] == "front"
    }
    assert lit == {
        START_NS: False, START_NS + 100_000_000: True, START_NS + 200_000_000: True,
    }  # fmt: skip


def test_rows_say_what_they_are_made_from(rows, clip) -> None:
    row = rows[0]
    camera = manifest_read(clip.storage_prefix).cameras[0]
    assert row["clip_id"] == str(clip.pk)
    assert row["calibration_hash"] == camera.calibration_hash
    assert row["code_version"] == projection_version()
    assert row["label_version"] == 1
    assert row["image"] == f"images/street-{clip.pk.hex[:12]}/front/{START_NS}.jpg"
    order = [(r["camera"] == "rear", r["time_ns"], r["label_id"]) for r in rows]
    assert order == sorted(order)


def test_coco_boxes_count_from_the_pixels_corner(do_export, json_of, rows) -> None:
    coco = json_of(do_export(), "coco.json")
    images = {image["id"]: image for image in coco["images"]}
    assert len(coco["annotations"]) == len(rows)
    for annotation, row in zip(coco["annotations"], rows, strict=True):
        assert images[annotation["image_id"]]["file_name"] == row["image"]
        u0, v0, width, height = annotation["bbox"]
        assert u0 == pytest.approx(row["box_clipped_u0_px"] + 0.5, abs=6e-4)
        assert v0 == pytest.approx(row["box_clipped_v0_px"] + 0.5, abs=6e-4)
        assert u0 + width == pytest.approx(row["box_clipped_u1_px"] + 0.5, abs=2e-3)
        assert v0 + height == pytest.approx(row["box_clipped_v1_px"] + 0.5, abs=2e-3)
        assert u0 >= 0
        assert u0 + width <= 64 + 1e-9
        points = np.array(annotation["segmentation"][0]).reshape(-1, 2)
        np.testing.assert_allclose(
            [*points.min(axis=0), *points.max(axis=0)],
            [u0, v0, u0 + width, v0 + height],
            atol=2e-3,
        )


def test_coco_names_every_image_also_those_without_labels(do_export, json_of) -> None:
    coco = json_of(do_export(), "coco.json")
    assert [image["id"] for image in coco["images"]] == list(range(1, 7))
    assert {(image["width"], image["height"]) for image in coco["images"]} == {(64, 48)}


def test_coco_classes_have_the_ontologys_order(do_export, json_of, default_ontology) -> None:
    coco = json_of(do_export(), "coco.json")
    layer = next(layer for layer in default_ontology["layers"] if layer["name"] == "objects")
    names = [label_class["name"] for label_class in layer["classes"]]
    assert [(c["id"], c["name"]) for c in coco["categories"]] == list(enumerate(names, start=1))
    numbers = {c["name"]: c["id"] for c in coco["categories"]}
    assert {a["category_id"] for a in coco["annotations"]} == {numbers["car"], numbers["van"]}


def test_a_track_has_one_number_in_all_cameras_and_no_other_has_it(
    do_export, json_of, tmp_path, cast
) -> None:
    second = write_clip_folder(tmp_path / "second", seed=4, name="zweite")
    clip_import(actor=None, project=cast.project, folder=second, progress=lambda *_: None)
    coco = json_of(do_export(), "coco.json")
    images = {image["id"]: image for image in coco["images"]}
    tracks: dict[int, set] = {}
    labels: dict[tuple, set] = {}
    for annotation in coco["annotations"]:
        label = (images[annotation["image_id"]]["clip_id"], annotation["label_id"])
        tracks.setdefault(annotation["track_id"], set()).add(label)
        labels.setdefault(label, set()).add(annotation["track_id"])
    assert len(labels) == 5
    assert all(len(found) == 1 for found in (*tracks.values(), *labels.values()))


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # its own
def test_pycocotools_loads_it_and_its_masks_agree_with_the_areas(
    do_export, file_of, tmp_path
) -> None:
    path = tmp_path / "coco.json"
    path.write_bytes(file_of(do_export(), "coco.json"))
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(str(path))
    assert coco.getAnnIds()
    for annotation in coco.loadAnns(coco.getAnnIds()):
        mask = coco.annToMask(annotation)
        assert mask.shape == (48, 64)
        _, _, width, height = annotation["bbox"]
        assert abs(mask.sum() - annotation["area"]) <= width + height + 2  # a pixel all round


def test_the_manifest_says_what_it_was_made_from(do_export, json_of, clip) -> None:
    export = do_export()
    manifest = json_of(export, "manifest.json")
    assert manifest["code_version"] == code_version()
    assert manifest["projection_version"] == projection_version()
    assert manifest["clips"][0]["content_hash"] == clip.content_hash
    assert manifest["clips"][0]["label_sets"][0]["revision"] == 1
    assert manifest["ontology"]["version"] == 1
    assert manifest["labels_left_out"] == {"coco": {}, "parquet": {}}
    assert manifest["files"] == [file for file in export.files if file["name"] != "manifest.json"]


def test_sizes_and_checksums_are_those_of_the_files(do_export, file_of) -> None:
    export = do_export(include_images=True)
    names = [file["name"] for file in export.files]
    assert names == [
        "coco.json",
        "images.zip",
        "labels.parquet",
        "targets.parquet",
        "manifest.json",
    ]
    for file in export.files:
        content = file_of(export, file["name"])
        assert len(content) == file["size"]
        assert hashlib.sha256(content).hexdigest() == file["sha256"]


def test_pictures_come_along_under_the_names_in_coco(do_export, file_of, json_of, folder) -> None:
    export = do_export(include_images=True)
    coco = json_of(export, "coco.json")
    with zipfile.ZipFile(io.BytesIO(file_of(export, "images.zip"))) as archive:
        assert archive.namelist() == [image["file_name"] for image in coco["images"]]
        for image in coco["images"]:
            recorded = folder / "images" / image["camera"] / f"{image['time_ns']}.jpg"
            assert archive.read(image["file_name"]) == recorded.read_bytes()


def test_exporting_twice_gives_the_same_bytes(do_export) -> None:
    first, second = do_export(include_images=True), do_export(include_images=True)
    assert first.files == second.files
    assert first.files_prefix != second.files_prefix


def test_what_is_saved_after_the_start_is_not_in_it(cast, do_export, json_of, clip) -> None:
    before = do_export()
    label_set = LabelSet.objects.get(clip=clip)
    started = export_create(
        actor=None, project=cast.project, clip_ids=None, layer="objects", source="gold",
        formats=["coco", "parquet"], send=False,
    )  # fmt: skip
    deletion = {
        "operation_id": str(uuid.uuid4()),
        "kind": "delete",
        "label_id": "a-parked",
        "base_version": 1,
    }
    saved = cast.client("admin").send(
        "POST",
        f"/api/label-sets/{label_set.pk}/operations",
        {"batch_id": str(uuid.uuid4()), "operations": [deletion]},
    )
    assert saved.status_code == 200
    jobs.run(started.job_id)
    started.refresh_from_db()
    assert started.files == before.files
    later = do_export()
    assert json_of(later, "manifest.json")["clips"][0]["label_sets"][0]["revision"] == 2
    ids = {a["label_id"] for a in json_of(later, "coco.json")["annotations"]}
    assert ids == {"b-moving", "c-behind", "d-beside"}


def test_a_storage_without_a_file_system_holds_the_same_bytes(do_export, file_of, settings) -> None:
    on_disk = do_export()
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = settings.STORAGES | {"exports": memory}
    export = do_export()
    assert export.files == on_disk.files
    content = file_of(export, "coco.json")
    assert hashlib.sha256(content).hexdigest() == export.files[0]["sha256"]
    left = [path.split("/")[1] for path in walk(export_storage(), str(export.pk))]
    assert left == ["attempt-1"] * len(export.files)
    assert list(walk(export_storage(), "pieces"))
