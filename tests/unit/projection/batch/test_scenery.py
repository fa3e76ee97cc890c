"""What hides labels without being one: sweeps, clouds, meshes; and labels that are points."""

from pathlib import Path
from typing import Any

import lidar_clip
import numpy as np
import pytest
from clip_on_disk import START_NS
from targets_on_disk import files_of, rows_of

from projection.__main__ import main
from projection.batch.run import project_clip
from projection.batch.scenery import above_ground
from projection.io import ClipFolder, FormatError, read_clip_folder
from projection.rle import decode
from projection.scene import Cloud, Mesh
from projection.target_spec import TargetSpec, TargetSpecs

Row = dict[str, Any]
MASKS = {"targets": ["mask_whole", "mask_visible", "occlusion"]}
SWEEPS = {"sweeps": {"within_s": 0.01, "spacing_m": 0.06}, "occluders": {"sweeps": True}}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> ClipFolder:
    return read_clip_folder(lidar_clip.write(tmp_path_factory.mktemp("lidar") / "clip"))


def project(clip: ClipFolder, out: Path, document: dict[str, Any], **more: Any) -> list[Row]:
    spec = TargetSpec.from_dict(document)
    project_clip(clip, clip.label_sets, spec, out, workers=1, **more)
    return rows_of(out)


def of(rows: list[Row], label_id: str) -> Row:
    return next(row for row in rows if row["label_id"] == label_id)


def mask(row: Row, name: str) -> np.ndarray:
    size = [row["height"], row["width"]]
    return decode({"size": size, "counts": row[name].encode()})


def hidden_half(row: Row) -> None:
    """The wall stands left of the middle: what is left of the picture's middle is hidden."""
    whole, visible = mask(row, "mask_whole"), mask(row, "mask_visible")
    middle = 79.5
    columns = np.arange(row["width"])
    assert not visible[:, columns < middle - 1].any()
    assert (visible == whole)[:, columns > middle + 1].all()
    assert 0.4 < row["occlusion"] < 0.6


def test_without_sweeps_nothing_hides_the_car(clip: ClipFolder, tmp_path: Path) -> None:
    row = of(project(clip, tmp_path, MASKS), "parked")
    assert row["occlusion"] == 0.0
    assert row["occluders"] == ["cuboids", "polygons"]


def test_sweeps_hide_what_is_behind_their_points(clip: ClipFolder, tmp_path: Path) -> None:
    row = of(project(clip, tmp_path, MASKS | SWEEPS), "parked")
    hidden_half(row)
    assert row["occluders"] == ["cuboids", "polygons", "sweeps"]
    by = {hider["what"]: hider["px"] for hider in row["hidden_by"]}
    assert by.get("sweeps", 0) + by.get("label", 0) > 0


def test_points_of_the_ground_hide_nothing(clip: ClipFolder, tmp_path: Path) -> None:
    plain = {"classes": ["road", "lane"], "occluders": {"sweeps": True, "polygons": False}}
    rows = project(clip, tmp_path, MASKS | SWEEPS | plain)
    lane = of(rows, "lane")
    visible, whole = mask(lane, "mask_visible"), mask(lane, "mask_whole")
    # Right of the middle there is no wall; boxes are what hides there.
    assert visible.sum() > 0.8 * whole.sum()


def test_points_on_a_box_move_with_it_and_do_not_hide_it(clip: ClipFolder, tmp_path: Path) -> None:
    late = {"sweeps": {"within_s": 0.3, "spacing_m": 0.1}}
    rows = project(clip, tmp_path, MASKS | SWEEPS | late)
    driving = [row for row in rows if row["label_id"] == "driving"]
    assert driving
    # The road hides a line of pixels where the wheels would be.
    assert all(row["occlusion"] < 0.02 for row in driving)
    assert {hider["what"] for row in driving for hider in row["hidden_by"]} <= {"label"}


@pytest.mark.parametrize("kind", ["mesh", "cloud"])
def test_scenery_hides_labels_and_is_named(clip: ClipFolder, tmp_path: Path, kind: str) -> None:
    x = lidar_clip.WALL_X
    if kind == "mesh":
        corners = np.array([[x, 0, 0], [x, 4, 0], [x, 4, 4], [x, 0, 4]], dtype=float)
        scenery: dict[str, Any] = {"mesh": Mesh(corners, np.array([[0, 1, 2], [0, 2, 3]]))}
    else:
        points = np.concatenate([lidar_clip.wall(), lidar_clip.ground()])
        scenery = {"cloud": Cloud(points, 0.06)}
    row = of(project(clip, tmp_path / "a", MASKS, **scenery), "parked")
    hidden_half(row)
    assert row["occluders"] == ["cuboids", "polygons", kind]
    assert {"what": kind, "layer": None, "label_id": None} in [
        {key: hider[key] for key in ("what", "layer", "label_id")} for hider in row["hidden_by"]
    ]
    without = {"occluders": {"scenery": False}}
    row = of(project(clip, tmp_path / "b", MASKS | without, **scenery), "parked")
    assert (row["occlusion"], row["occluders"]) == (0.0, ["cuboids", "polygons"])


def test_another_mesh_makes_the_chunks_again(clip: ClipFolder, tmp_path: Path) -> None:
    spec = TargetSpec.from_dict(MASKS)
    meshes = [
        Mesh(np.array([[9.0, 0, 0], [9.0, 4, 0], [9.0, 4, h]]), np.array([[0, 1, 2]]))
        for h in (3, 4)
    ]
    project_clip(clip, clip.label_sets, spec, tmp_path, workers=1, mesh=meshes[0])
    again = project_clip(clip, clip.label_sets, spec, tmp_path, workers=1, mesh=meshes[0])
    assert not again.made
    other = project_clip(clip, clip.label_sets, spec, tmp_path, workers=1, mesh=meshes[1])
    assert {c.reason for c in other.chunks} == {"the mesh, the cloud or the sweeps changed"}


def test_labels_of_points_have_masks_and_counts(clip: ClipFolder, tmp_path: Path) -> None:
    document = {"targets": ["mask_visible", "box2d_visible", "point_count", "distance"]}
    rows = project(clip, tmp_path, document)
    row = of(rows, "wall")
    assert row["points_inside"] == row["points_visible"] > 1000
    seen = mask(row, "mask_visible")
    assert seen.sum() > 500
    # From the middle of the picture to the left, as far as 4 m at 10 m are.
    assert row["box_visible_u1_px"] == pytest.approx(79.5, abs=1.5)
    assert row["box_visible_u0_px"] == pytest.approx(79.5 - 100 * 0.395, abs=1.5)
    assert row["distance_m"] == pytest.approx(10.0, abs=0.01)
    assert of(rows, "parked")["points_inside"] is None


def test_a_label_s_point_that_a_sweep_has_not_is_a_sentence(
    clip: ClipFolder, tmp_path: Path
) -> None:
    label_sets = clip.label_sets
    wall = next(label for label in label_sets[0].labels if label.id == "wall")
    wall.selections[3].indices[0] += 10_000_000
    try:
        with pytest.raises(FormatError, match=r"label wall: sweeps\[3\].indices: expected numbers"):
            project(clip, tmp_path, {"targets": ["point_count"]})
    finally:
        wall.selections[3].indices[0] -= 10_000_000


def test_depth_pictures_say_how_far_and_from_what(clip: ClipFolder, tmp_path: Path) -> None:
    import cv2

    document = {
        "heads": {
            "with": {"kind": "depth", "sweeps": {"within_s": 0.01, "spacing_m": 0.06}},
            "without": {"kind": "depth"},
        }
    }
    project_clip(clip, clip.label_sets, TargetSpecs.from_dict(document), tmp_path, workers=1)

    def read(head: str, kind: str) -> np.ndarray:
        path = tmp_path / head / kind / "front" / f"{START_NS}.png"
        return cv2.imread(str(path), cv2.IMREAD_UNCHANGED)

    depth, far, source = (
        read("with", kind) for kind in ("depth_pictures", "range_pictures", "depth_sources")
    )
    assert source[40, 60] == 3  # the wall
    assert depth[40, 60] / 256 == pytest.approx(10.0, abs=0.01)
    assert far[40, 60] / 256 == pytest.approx(10.0 * np.hypot(1, np.hypot(0.195, 0.095)), abs=0.02)
    assert set(np.unique(source)) == {0, 1, 3}
    assert (depth[source == 0] == 0).all()
    assert set(np.unique(read("without", "depth_sources"))) == {0, 1}


def test_two_workers_and_heads_apart_write_the_same_bytes(clip: ClipFolder, tmp_path: Path) -> None:
    heads: dict[str, Any] = {
        "objects": {"kind": "objects2d", "classes": ["car"]},
        "masks": {**SWEEPS, **MASKS, "visibility": {"max_distance_m": 15}},
        "roads": {"kind": "semantic", "classes": ["road", "lane"], "sampling": {"every": 5}},
        "lanes": {"kind": "lanes"},
        "dense": {"targets": ["polygon", "distance", "truncation", "corners"]},
    }
    together = TargetSpecs.from_dict({"heads": heads})
    project_clip(clip, clip.label_sets, together, tmp_path / "two", workers=2)
    project_clip(clip, clip.label_sets, together, tmp_path / "one", workers=1)
    assert files_of(tmp_path / "two") == files_of(tmp_path / "one")
    for name, spec in together.heads:
        apart = tmp_path / "apart" / name
        project_clip(clip, clip.label_sets, spec, apart, workers=1)
        found = files_of(tmp_path / "one" / name)
        assert found == files_of(apart)
        assert found


def test_a_changed_head_leaves_the_others_alone(clip: ClipFolder, tmp_path: Path) -> None:
    heads: dict[str, Any] = {"a": {"kind": "objects2d"}, "b": {"kind": "lanes"}}
    project_clip(
        clip, clip.label_sets, TargetSpecs.from_dict({"heads": heads}), tmp_path, workers=1
    )
    before = (tmp_path / "a/targets/front/000000.parquet").stat().st_mtime_ns
    heads["b"]["tolerance_px"] = 1.0
    heads["c"] = {"kind": "keypoints"}
    report = project_clip(
        clip, clip.label_sets, TargetSpecs.from_dict({"heads": heads}), tmp_path, workers=1
    )
    assert {(chunk.head, chunk.reason) for chunk in report.chunks} == {
        ("a", None), ("b", "the target spec changed"), ("c", "new"),
    }  # fmt: skip
    assert (tmp_path / "a/targets/front/000000.parquet").stat().st_mtime_ns == before
    del heads["a"]
    report = project_clip(
        clip, clip.label_sets, TargetSpecs.from_dict({"heads": heads}), tmp_path, workers=1
    )
    assert "a/targets/front/000000.parquet" in report.removed
    assert not list((tmp_path / "a").rglob("*.*"))


def test_rules_may_mark_labels_instead_of_dropping_them(clip: ClipFolder, tmp_path: Path) -> None:
    rule = {"max_distance_m": 15.0, "otherwise": "ignore"}
    document = {"targets": ["box2d_clipped", "distance"], "classes": ["car", "truck"]}
    rows = project(clip, tmp_path, document | {"visibility": rule})
    assert {row["ignored"] for row in rows} == {True, False}
    assert all(row["ignored"] == (row["distance_m"] > 15.0) for row in rows)


def test_boxes_in_3d_stand_before_the_camera(clip: ClipFolder, tmp_path: Path) -> None:
    rows = project(clip, tmp_path, {"targets": ["box3d"], "geometries": ["cuboid"]})
    parked = of(rows, "parked")
    assert parked["position_camera_m"] == pytest.approx([0.0, 0.7, 20.0])
    assert parked["size_m"] == [4.0, 2.0, 1.6]
    assert parked["velocity_camera_mps"] == pytest.approx([0, 0, 0])
    driving = of(rows, "driving")
    assert driving["position_camera_m"] == pytest.approx([2.5, 0.7, lidar_clip.drive_at(0.0)])
    assert driving["velocity_camera_mps"] == pytest.approx([0.0, 0.0, 4.0], abs=1e-6)
    assert driving["yaw_rate_radps"] == pytest.approx(0.0)


def test_the_ground_is_the_lowest_near_a_point() -> None:
    slope = np.array([[x, y, 0.05 * x] for x in np.arange(0, 30, 0.5) for y in range(5)])
    post = np.array([[10.0, 2.0, 0.5 + z] for z in np.arange(0.5, 3.0, 0.1)])
    odd = np.array([[np.nan, 0.0, 0.0], [np.inf, 1.0, 2.0]])
    found = above_ground(np.concatenate([slope, post, odd]))
    assert not found[: len(slope)].any()
    assert found[len(slope) : -2].all()
    assert not found[-2:].any()


def test_the_command_takes_a_mesh_and_a_cloud(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = lidar_clip.write(tmp_path / "clip")
    (tmp_path / "wall.obj").write_text("v 10 0 0\nv 10 4 0\nv 10 4 4\nv 10 0 4\nf 1 2 3 4\n")
    np.save(tmp_path / "wall.npy", lidar_clip.wall())
    (tmp_path / "spec.yaml").write_text("targets: [mask_whole, mask_visible, occlusion]\n")
    same = [str(folder), "--spec", str(tmp_path / "spec.yaml"), "--workers", "1", "--quiet"]
    for kind, more in (
        ("mesh", ["--mesh", str(tmp_path / "wall.obj")]),
        ("cloud", ["--cloud", str(tmp_path / "wall.npy"), "--cloud-spacing", "0.06"]),
    ):
        assert main([*same, "--out", str(tmp_path / kind), *more]) == 0
        row = of(rows_of(tmp_path / kind), "parked")
        assert row["occluders"] == ["cuboids", "polygons", kind]
        # The wall's foot alone would be ground; what stands on it isn't.
        assert 0.4 < row["occlusion"] < 0.6
    wrong = [*same, "--out", str(tmp_path / "x"), "--cloud", "a.npy", "--cloud-spacing", "-1"]
    assert main(wrong) == 2
    assert "--cloud-spacing: expected 0 to 100 m, found -1" in capsys.readouterr().err
