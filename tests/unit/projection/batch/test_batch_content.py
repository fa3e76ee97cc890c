"""What the rows say: the same as the plain functions, and true to the pixels."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clip_on_disk import CAMERAS, IMAGES, START_NS, STEP_NS, labels
from targets_on_disk import EVERYTHING, rows_of

from projection import Track, View, project_cuboids
from projection.batch import kernels
from projection.batch.images import ImageMaker
from projection.batch.label_table import label_table
from projection.batch.pinhole_boxes import pinhole_boxes
from projection.batch.plan import Chunk, chunks_of
from projection.batch.run import project_clip
from projection.batch.scene import look
from projection.camera import Camera
from projection.cones import LIMIT_SHARE, cone_cosine, picture_cone_rad
from projection.io import ClipFolder, read_label_set
from projection.io.clip_folder import ImageRow
from projection.kernels import pack
from projection.kernels.boxes import FACES, SILHOUETTES
from projection.labels import Cuboid
from projection.polylines import project_polyline
from projection.rle import decode, read_id_picture
from projection.target_spec import TargetSpec
from projection.tracks import corners

_SIDES = ("u0", "v0", "u1", "v1")
Row = dict[str, Any]


def box(row: Row, name: str) -> list[float | None]:
    return [row[f"{name}_{side}_px"] for side in _SIDES]


def mask(row: Row, name: str) -> np.ndarray:
    size = [row["height"], row["width"]]
    return decode({"size": size, "counts": row[name].encode()})


@pytest.fixture(scope="module")
def rows(projected: Path) -> list[Row]:
    return rows_of(projected)


def of(rows: list[Row], **wanted: Any) -> list[Row]:
    return [row for row in rows if all(row[key] == value for key, value in wanted.items())]


def test_boxes_are_what_the_plain_function_says(clip: ClipFolder, rows: list[Row]) -> None:
    tracks = [Track(label) for label in clip.label_sets[0].labels if isinstance(label, Cuboid)]
    compared = 0
    for camera in clip.cameras:
        for index in range(0, IMAGES, 9):
            time_ns = START_NS + STEP_NS * index
            view = View(camera, None, clip.trajectory, time_ns)
            here = of(rows, camera=camera.name, time_ns=time_ns, geometry="cuboid")
            found = {row["label_id"]: row for row in here}
            wanted = {track.id: target for track, target in project_cuboids(view, tracks)}
            assert set(found) == set(wanted)
            for label_id, target in wanted.items():
                row = found[label_id]
                compared += 1
                assert box(row, "box_clipped") == pytest.approx(target.box_clipped, abs=1e-9)
                full = target.box_full or (None,) * 4
                assert box(row, "box_full") == pytest.approx(full, abs=1e-9)
                assert row["truncation"] == pytest.approx(target.truncation, abs=1e-9)
                assert row["distance_m"] == pytest.approx(target.distance_m, abs=1e-9)
                assert row["depth_m"] == pytest.approx(target.depth_m, abs=1e-9)
                assert len(row["outline_px"]) == len(target.outline)
                for loop, wanted_loop in zip(row["outline_px"], target.outline, strict=True):
                    assert loop == pytest.approx(wanted_loop.ravel().tolist(), abs=1e-9)
                status = [corner["status"] for corner in row["corners"]]
                assert status == target.corners_status.tolist()
    assert compared > 20


LENSES: dict[str, dict[str, Any]] = {
    "cylindrical": {
        "model": "cylindrical",
        "params": {"fx": 40.0, "fy": 40.0, "cx": 79.5, "cy": 49.5},
    },
    "double_sphere": {
        "model": "double_sphere",
        "params": {"fx": 60.0, "fy": 60.0, "cx": 79.5, "cy": 49.5, "xi": -0.2, "alpha": 0.6},
    },
    "opencv": {
        "model": "opencv",
        "params": {
            "fx": 100.0, "fy": 100.0, "cx": 79.5, "cy": 49.5, "distortion": [-0.3, 0.1, 0, 0, 0],
        },
    },
}  # fmt: skip


@pytest.mark.parametrize("lens", sorted(LENSES))
@pytest.mark.parametrize("shutter", ["global", "rolling"])
def test_boxes_agree_in_other_lenses_also_around_the_camera(
    clip: ClipFolder, lens: str, shutter: str
) -> None:
    spec: dict[str, Any] = {**CAMERAS[0], **LENSES[lens]}
    if shutter == "rolling":
        spec["shutter"] = {
            "type": "rolling", "direction": "left_to_right", "line_delay_ns": 150000,
        }  # fmt: skip
    camera = Camera.from_dict(spec)
    time_ns = START_NS + STEP_NS * 40
    at = 3.0 * 40 * STEP_NS * 1e-9
    rng = np.random.default_rng(5)
    entries = [labels()[0] | {"id": str(n), "keyframes": [
        {**labels()[0]["keyframes"][k],
         "position_m": [at + float(x) + 0.3 * k, float(y), 0.9]} for k in range(7)]}
        for n, (x, y) in enumerate(rng.uniform(-9, 9, (40, 2)))]  # fmt: skip
    label_set = read_label_set(
        {"format": "labelapp-labels/1", "layer": "a", "source": "gold", "labels": entries}
    )
    asked = TargetSpec(targets=("box2d_full", "box2d_clipped", "outline", "truncation"))
    table = label_table([label_set])
    chunk = Chunk(camera, "c", 0, (ImageRow(camera.name, time_ns, None),))
    seen = look(table, chunk, clip.trajectory)[0]
    found = {table[t.row].label.id: t for t in ImageMaker(table, asked).make(seen).labels}
    view = View(camera, None, clip.trajectory, time_ns)
    tracks = [entry.track for entry in table if entry.track is not None]
    wanted = {track.id: target for track, target in project_cuboids(view, tracks)}
    assert set(found) == set(wanted)
    assert len(wanted) > 5
    for label_id, target in wanted.items():
        mine = found[label_id]
        assert mine.box_clipped == pytest.approx(target.box_clipped, abs=1e-8)
        assert mine.truncation == pytest.approx(target.truncation, abs=1e-8)
        assert (mine.box_full is None) == (target.box_full is None)


@pytest.mark.parametrize("seed", range(3))
def test_the_quick_boxes_of_pinholes_are_those_of_the_outlines(clip: ClipFolder, seed: int) -> None:
    view = View(clip.cameras[0], None, clip.trajectory, START_NS)
    rng = np.random.default_rng(seed)
    count = 3000
    quats = rng.normal(size=(count, 4))
    quats /= np.linalg.norm(quats, axis=1, keepdims=True)
    places = rng.uniform(-12, 12, (count, 3)) * [1.0, 1.0, 0.3]
    now = corners(places, quats, rng.uniform(0.1, 6.0, (count, 3)))
    moving = np.concatenate([now, np.zeros_like(now)], axis=2)
    packed = pack.pack_lens(view.camera), pack.pack_frame(view), pack.pack_poses(view)
    limit = cone_cosine(view.camera.limit_rad * LIMIT_SHARE)
    cosines = cone_cosine(picture_cone_rad(view.camera)), limit
    tables = SILHOUETTES, FACES
    slow, quick = (np.empty(count, dtype=np.uint8) for _ in range(2))
    slow_numbers, quick_numbers = (np.full((count, kernels.NUMBERS), np.nan) for _ in range(2))
    room = np.empty((100_000, 2)), np.empty(100_000, dtype=np.int64), np.empty(count + 1, np.int64)
    kernels.project_boxes(packed, moving, cosines, 0.05, tables, slow, slow_numbers, *room)
    pinhole_boxes(packed, moving, limit, tables, True, quick, quick_numbers)
    assert quick.tolist() == slow.tolist()
    assert set(slow.tolist()) == {kernels.OFF, kernels.THERE, kernels.SPECIAL}
    there = slow == kernels.THERE
    # Corners almost in the camera's plane are millions of pixels off the picture.
    assert quick_numbers[there] == pytest.approx(
        slow_numbers[there], abs=1e-8, rel=1e-9, nan_ok=True
    )


def test_masks_areas_and_boxes_belong_together(rows: list[Row]) -> None:
    surfaces = [row for row in rows if row["mask_whole"] is not None and row["mask_whole_px"]]
    assert {row["label_id"] for row in surfaces} >= {"ahead", "hidden", "mark", "road"}
    for row in surfaces[::7]:
        whole, visible = mask(row, "mask_whole"), mask(row, "mask_visible")
        assert [whole.sum(), visible.sum()] == [row["mask_whole_px"], row["mask_visible_px"]]
        assert not (visible & ~whole).any()
        assert row["occlusion"] == pytest.approx(1.0 - visible.sum() / whole.sum())
        if visible.any():
            columns, lines = (
                np.flatnonzero(visible.any(axis=0)),
                np.flatnonzero(visible.any(axis=1)),
            )
            tight = [columns[0] - 0.5, lines[0] - 0.5, columns[-1] + 0.5, lines[-1] + 0.5]
            assert box(row, "box_visible") == tight


def test_what_stands_behind_is_hidden_by_what_stands_in_front(rows: list[Row]) -> None:
    hidden = of(rows, label_id="hidden", camera="front")[20]
    assert 0.1 < hidden["occlusion"] < 1.0
    assert hidden["hidden_by"][0]["label_id"] == "ahead"
    assert of(rows, label_id="ahead", camera="front")[20]["occlusion"] == 0.0


def test_a_line_s_pieces_make_up_the_line_and_the_hidden_ones_are_behind_boxes(
    clip: ClipFolder, rows: list[Row]
) -> None:
    line = next(label for label in clip.label_sets[0].labels if label.id == "mark")
    view = View(clip.cameras[0], None, clip.trajectory, START_NS)
    (whole,) = project_polyline(view, line.vertices_m).pieces
    row = of(rows, label_id="mark", camera="front", time_ns=START_NS)[0]
    pieces = row["pieces"]
    assert len(pieces) > 1
    assert {piece["visible"] for piece in pieces} == {True, False}
    starts = [piece["parameter"][0] for piece in pieces]
    ends = [piece["parameter"][-1] for piece in pieces]
    assert starts[0] == pytest.approx(whole.parameter[0])
    assert ends[-1] == pytest.approx(whole.parameter[-1])
    assert starts[1:] == ends[:-1]
    boxes = [
        mask(other, "mask_whole")
        for other in of(rows, camera="front", time_ns=START_NS, geometry="cuboid")
    ]
    covered = np.logical_or.reduce(boxes)
    for piece in pieces:
        u, v = np.array(piece["uv_px"]).reshape(-1, 2).mean(axis=0)
        if not piece["visible"]:
            assert covered[round(v), round(u)]


def test_keypoints_say_why_they_are_not_seen(rows: list[Row]) -> None:
    sign = of(rows, label_id="sign", camera="front")
    assert {point["name"] for point in sign[0]["keypoints"]} == {"top", "foot"}
    statuses = {point["status"] for row in sign for point in row["keypoints"]}
    assert 0 in statuses


def test_every_row_says_what_it_was_made_from(clip: ClipFolder, rows: list[Row]) -> None:
    hashes = {camera.name: camera.calibration_hash for camera in clip.cameras}
    assert {(row["camera"], row["calibration_hash"]) for row in rows} == set(hashes.items())
    assert len({row["code_version"] for row in rows}) == 1
    by_label: dict[str, set[str]] = {}
    for row in rows:
        by_label.setdefault(row["label_id"], set()).add(row["label_hash"])
    assert all(len(found) == 1 for found in by_label.values())
    keys = [(row["camera"], row["time_ns"], row["layer"], row["label_id"]) for row in rows]
    assert keys == sorted(keys)


def test_every_image_has_a_row_and_its_pictures_agree_with_its_masks(
    projected: Path, rows: list[Row]
) -> None:
    images = rows_of(projected, "images")
    assert len(images) == 2 * IMAGES
    for image in images[::23]:
        here = of(rows, camera=image["camera"], time_ns=image["time_ns"])
        assert image["label_count"] == len(here)
        ids = read_id_picture((projected / image["id_picture"]).read_bytes())
        assert ids.shape == (image["height"], image["width"])
        assert {int(number) for number in np.unique(ids)} <= {-1, *range(len(here))}
        total = sum(found["area_px"] for found in image["semantic"])
        assert total == np.count_nonzero(ids >= 0)
        for row in here:
            if row["geometry"] == "cuboid":
                own = ids == row["instance"] - 1
                assert not (own & ~mask(row, "mask_whole")).any()


def test_what_is_not_asked_for_is_not_there(clip: ClipFolder, tmp_path: Path) -> None:
    spec = TargetSpec.from_dict({"targets": ["box2d_clipped"], "classes": ["car"]})
    project_clip(clip, clip.label_sets, spec, tmp_path, workers=1)
    rows = rows_of(tmp_path)
    assert {row["label_id"] for row in rows} == {"ahead", "behind"}
    asked = {name for name in rows[0] if "box" in name or "mask" in name or "outline" in name}
    assert asked == {f"box_clipped_{side}_px" for side in _SIDES}


def test_rules_leave_out_labels_but_these_still_hide_others(
    clip: ClipFolder, rows: list[Row], tmp_path: Path
) -> None:
    rules = {"min_visible_fraction": 0.4, "min_visible_px": 30, "max_distance_m": 30.0,
             "max_truncation": 0.5}  # fmt: skip
    spec = TargetSpec.from_dict(
        {"targets": ["mask_visible", "distance", "occlusion", "truncation"],
         "classes": ["truck"], "visibility": rules}
    )  # fmt: skip
    project_clip(clip, clip.label_sets, spec, tmp_path, workers=1)
    kept = {(row["camera"], row["time_ns"]): row for row in rows_of(tmp_path)}
    assert kept
    for row in of(rows, label_id="hidden"):
        passes = (
            row["mask_visible_px"] >= 30
            and row["mask_visible_px"] >= 0.4 * row["mask_whole_px"]
            and row["distance_m"] <= 30.0
            and row["truncation"] <= 0.5
        )
        key = row["camera"], row["time_ns"]
        assert (key in kept) == passes
        if passes:
            assert kept[key]["mask_visible"] == row["mask_visible"]


def test_a_scene_without_labels_gives_images_without_rows(clip: ClipFolder, tmp_path: Path) -> None:
    project_clip(clip, [], EVERYTHING, tmp_path, workers=1)
    assert rows_of(tmp_path) == []
    assert {image["label_count"] for image in rows_of(tmp_path, "images")} == {0}


def test_ten_thousand_labels_far_away_cost_little_memory_and_give_no_row(
    clip: ClipFolder, tmp_path: Path
) -> None:
    entry = {**labels()[3]}
    entries = [
        {**entry, "id": str(n), "keyframes": [{**entry["keyframes"][0],
         "position_m": [-500.0 - n, 900.0, 0.0]}]}
        for n in range(10_000)
    ]  # fmt: skip
    label_set = read_label_set(
        {"format": "labelapp-labels/1", "layer": "a", "source": "gold", "labels": entries}
    )
    spec = TargetSpec.from_dict(
        {"targets": ["mask_visible"], "cameras": ["front"], "sampling": {"every": 32}}
    )
    assert len(chunks_of(clip, spec)) == 3
    report = project_clip(clip, [label_set], spec, tmp_path, workers=1)
    assert report.rows == 0
