"""Folders of other people's labels for clips that are here; what is wrong in them is told."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pyarrow import feather

import quality
from labelapp.datasets.formats.kitti import plain_type
from labelapp.datasets.formats.nuscenes import _attribute as written_attribute
from labelapp.imports import files as files_module
from labelapp.imports.classes import ClassMapping, classes_found
from labelapp.imports.errors import ImportDefectError
from labelapp.imports.files import Files
from labelapp.imports.formats import FORMATS, format_found
from labelapp.imports.formats.nuscenes import attribute_of
from projection import RigidTransform
from projection.io import read_clip_folder, read_label
from tests.integration.clip_folders import START_NS, write_clip_folder
from tests.unit.imports.foreign import geometry_of, nuscenes_folder


def read(path: Path, clip: Path, name: str = "", **asked: Any):
    """The labels of the first recording of some files, as a clip's, and the report."""
    with Files.at(path) as files:
        found, recordings = (name, FORMATS[name].recordings(files)) if name else format_found(files)
        recording = recordings[0]
        reading = FORMATS[found].read(files, recording, geometry_of(clip, **asked))
    return [read_label(label) for label in reading.labels], reading.report


@pytest.fixture
def street(tmp_path: Path) -> Path:
    return write_clip_folder(tmp_path / "street")


def test_argoverse_annotations_become_the_tracks_of_the_clip(shared_dir: Path) -> None:
    clip = shared_dir / "data/clips/av2_7fab2350"
    labels, _ = read(shared_dir / "data/raw/av2", clip)
    own = read_clip_folder(clip)
    truth = next(s for s in own.label_sets if s.layer == "objects").labels
    assert len(labels) == len(truth) == 114
    assert {label.id for label in labels} == {label.id for label in truth}
    times = own.ticks_ns()[::10]
    options = quality.Options(attribute_weight=0.0)
    renamed = {label.id: label.class_name for label in truth}
    for label in labels:
        object.__setattr__(label, "class_name", renamed[label.id])
    compared = quality.compare(truth, labels, times, options)
    assert compared.score > 0.98
    assert compared.objects.centre_m.worst < 0.005
    assert compared.objects.heading_rad.worst < 1e-3


def test_kitti_tracklets_become_the_tracks_of_the_clip(shared_dir: Path) -> None:
    clip = shared_dir / "data/clips/kitti_tracking_0001"
    raw = shared_dir / "data/raw/kitti_tracking"
    labels, report = read(raw, clip, rate_hz=10.0)
    truth = read_clip_folder(clip).label_sets[0].labels
    assert len(labels) == len(truth) == 98
    assert {label.id for label in labels} == {label.id for label in truth}
    assert any("truncation and occlusion" in sentence for sentence in report)
    renamed = {label.id: label.class_name for label in truth}
    for label in labels:
        object.__setattr__(label, "class_name", renamed[label.id])
    times = np.arange(0, 447, 3) * 100_000_000
    compared = quality.compare(truth, labels, times, quality.Options(attribute_weight=0.0))
    assert compared.score > 0.99
    assert compared.objects.centre_m.worst < 0.005


def av2_rows(**changes: Any) -> dict[str, list[Any]]:
    rows = {
        "timestamp_ns": [START_NS, START_NS + 100_000_000],
        "track_uuid": ["t", "t"],
        "category": ["REGULAR_VEHICLE"] * 2,
        **{name: [4.0, 4.0] for name in ("length_m", "width_m", "height_m")},
        "qw": [1.0, 1.0],
        **{name: [0.0, 0.0] for name in ("qx", "qy", "qz", "tx_m", "ty_m", "tz_m")},
    }
    return {**rows, **changes}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"tx_m": [0.0, float("nan")]}, "row 1, tx_m: expected a finite number, found nan"),
        ({"tx_m": [0.0, None]}, "row 1, tx_m: expected a value, found null"),
        ({"qw": [1.0, 0.5]}, "row 1, qw: expected a unit quaternion"),
        ({"width_m": [0.0, 1.0]}, "row 0, length_m: expected sizes above 0"),
        ({"timestamp_ns": [0.5, 1.5]}, "timestamp_ns: expected whole numbers of nanoseconds"),
        ({"timestamp_ns": [5, 6]}, "time: expected some within the clip"),
        ({"track_uuid": ["", "t"]}, 'row 0, track_uuid: expected a text, found ""'),
        ({"category": [True, False]}, "row 0, category: expected a text, found true"),
        ({"qz": ["a", "b"]}, "qz: expected numbers, found"),
    ],
)
def test_a_wrong_row_is_named_with_file_field_expected_and_found(
    street: Path, tmp_path: Path, changes: dict[str, Any], sentence: str
) -> None:
    (tmp_path / "log").mkdir()
    path = tmp_path / "log" / "annotations.feather"
    feather.write_feather(pa.table(av2_rows(**changes)), str(path))
    with pytest.raises(ImportDefectError) as caught:
        read(tmp_path / "log", street)
    assert sentence in caught.value.message
    assert caught.value.message.startswith("annotations.feather")
    assert caught.value.details["file"] == "annotations.feather"


def test_what_is_outside_a_clip_that_is_a_part_of_the_recording_is_left_out_and_counted(
    street: Path, tmp_path: Path
) -> None:
    (tmp_path / "log").mkdir()
    path = tmp_path / "log" / "annotations.feather"
    rows = av2_rows(timestamp_ns=[START_NS, START_NS + 10**10])
    feather.write_feather(pa.table(rows), str(path))
    (label,), report = read(tmp_path / "log", street)
    assert label.times_ns.tolist() == [START_NS]
    assert report == {"moments outside the clip's time: what is there is left out": 1}
    folder = nuscenes_folder(tmp_path / "nu", origin=(0.0, 0.0, 0.0))
    path = folder / "v1.0-mini" / "sample.json"
    samples = json.loads(path.read_text())
    samples[1]["timestamp"] += 10**7
    path.write_text(json.dumps(samples))
    (label,), report = read(folder, street)
    assert label.times_ns.tolist() == [START_NS]
    assert report["moments outside the clip's time: what is there is left out"] == 1


def test_a_missing_column_and_another_kind_of_file_are_told(street: Path, tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    path = tmp_path / "log" / "annotations.feather"
    rows = av2_rows()
    del rows["qz"]
    feather.write_feather(pa.table(rows), str(path))
    with pytest.raises(ImportDefectError, match="expected a column qz, found"):
        read(tmp_path / "log", street)
    path.write_bytes(b"no table")
    with pytest.raises(ImportDefectError, match="expected a Feather file"):
        read(tmp_path / "log", street)


def test_nuscenes_boxes_go_by_the_vehicles_poses_into_the_clips_world(
    street: Path, tmp_path: Path
) -> None:
    folder = nuscenes_folder(tmp_path / "nu", origin=(411.0, 1180.0, 2.0))
    (label,), report = read(folder, street)
    assert label.class_name == "vehicle.car"
    # 10 m ahead of where the ego began, 3 m to its left.
    np.testing.assert_allclose(label.positions_m, [[10.0, 3.0, 1.0]] * 2, atol=1e-6)
    np.testing.assert_allclose(label.sizes_m[0], [4.0, 2.0, 1.5])
    assert label.times_ns.tolist() == [START_NS, START_NS + 100_000_000]
    assert label.keyframe_attributes == ({}, {"vehicle": "moving"})
    assert any("lidar or radar points" in sentence for sentence in report)
    assert not any("differs" in sentence for sentence in report)


def test_nuscenes_tables_that_do_not_fit_together_are_told(street: Path, tmp_path: Path) -> None:
    folder = nuscenes_folder(tmp_path / "nu", origin=(0.0, 0.0, 0.0))
    path = folder / "v1.0-mini" / "sample_annotation.json"
    rows = json.loads(path.read_text())
    rows[1]["instance_token"] = "nobody"
    path.write_text(json.dumps(rows))
    with pytest.raises(ImportDefectError) as caught:
        read(folder, street)
    assert caught.value.message == (
        "v1.0-mini/sample_annotation.json, token x1, instance_token: expected the token of a row of"
        ' instance, found "nobody".'
    )
    rows[1] |= {"instance_token": "i", "rotation": [1, 0, 0]}
    path.write_text(json.dumps(rows))
    with pytest.raises(ImportDefectError, match=r"token x1, rotation: expected a list of 4"):
        read(folder, street)


def test_nuscenes_tables_of_a_gigabyte_are_read_as_small_ones_are(
    street: Path, tmp_path: Path, monkeypatch
) -> None:
    folder = nuscenes_folder(tmp_path / "nu", origin=(0.0, 0.0, 0.0))
    before = read(folder, street)
    for name in ("sample_annotation", "sample_data", "ego_pose"):
        path = folder / "v1.0-mini" / f"{name}.json"
        rows = json.loads(path.read_text())
        others = [{**rows[0], "token": f"o{n}", "sample_token": "other"} for n in range(2000)]
        path.write_text(json.dumps(others[:1000] + rows + others[1000:]))
    monkeypatch.setattr(files_module, "MAX_FILE_BYTES", 10_000)
    after = read(folder, street)
    assert [label.times_ns.tolist() for label in after[0]] == [
        label.times_ns.tolist() for label in before[0]
    ]
    np.testing.assert_array_equal(after[0][0].positions_m, before[0][0].positions_m)
    assert after[1] == before[1]


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("vehicle.moving", ("vehicle", "moving")),
        ("speed.0.5", ("speed", 0.5)),
        ("parked.true", ("parked", True)),
        ('note."1.5"', ("note", "1.5")),
        ('"a.b".x.y', ("a.b", "x.y")),
        ("plain", ("plain", True)),
    ],
)
def test_nuscenes_attributes_are_names_and_values(text: str, pair: tuple[str, Any]) -> None:
    assert attribute_of(text) == pair


@given(
    st.text(min_size=1, max_size=6),
    st.one_of(
        st.booleans(),
        st.integers(-(2**53), 2**53),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=6),
        st.sampled_from(["true", "1.5", "null", '"', '"a".b', "{}", "a.b", "-0.0"]),
    ),
)
@example("a.b", "1")
@example('"', ".")
def test_attributes_written_for_nuscenes_are_read_as_they_were(name: str, value: Any) -> None:
    assume(name.isprintable())
    found, read_value = attribute_of(written_attribute(name, value))
    assert (found, read_value) == (name, value)
    assert isinstance(read_value, bool) == isinstance(value, bool)


@given(st.text(min_size=1, max_size=8))
def test_classes_written_for_kitti_are_one_word_and_none_is_ignored(name: str) -> None:
    assume(name.strip())
    word = plain_type(name)
    assert word.split() == [word]
    assert word != "DontCare"
    assert word == name or name.split() != [name] or name == "DontCare"


def openlabel(frames: dict[str, Any], objects: dict[str, Any], systems: dict[str, Any]) -> dict:
    return {"openlabel": {"metadata": {"schema_version": "1.0.0"}, "coordinate_systems": systems,
                          "objects": objects, "frames": frames}}  # fmt: skip


def test_openlabel_boxes_in_a_sensors_system_go_over_the_vehicle_into_the_world(
    street: Path, tmp_path: Path
) -> None:
    systems = {
        "odom": {"type": "scene_cs", "parent": ""},
        "vehicle": {"type": "local_cs", "parent": "odom"},
        "lidar": {
            "type": "sensor_cs",
            "parent": "vehicle",
            "pose_wrt_parent": {"matrix4x4": [0, -1, 0, 2, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1]},
        },
    }
    frames = {
        str(n): {
            "frame_properties": {"timestamp": (START_NS / 1e9) + n * 0.1},
            "objects": {
                "7": {
                    "object_data": {
                        "cuboid": [
                            {"name": "b", "val": [0, -5.0, 0, 0, 0, -np.pi / 2, 4, 2, 1.5],
                             "coordinate_system": "lidar",
                             "attributes": {"num": [{"name": "speed", "val": 3}]}}
                        ],
                        "bbox": [{"name": "flat", "val": [1, 2, 3, 4]}],
                    }
                }
            },
        }
        for n in range(2)
    }  # fmt: skip
    objects = {"7": {"name": "seven", "type": "Car"}}
    path = tmp_path / "drive.json"
    path.write_text(json.dumps(openlabel(frames, objects, systems)))
    (label,), report = read(path, street)
    assert (label.id, label.class_name) == ("seven", "Car")
    # 5 m to the lidar's right is 5 + 2 m ahead of the vehicle, which goes on by 1 m.
    np.testing.assert_allclose(label.positions_m, [[7.0, 0, 1.0], [8.0, 0, 1.0]], atol=1e-6)
    np.testing.assert_allclose(np.abs(label.quats_xyzw[0]), [0, 0, 0, 1], atol=1e-9)
    # Seconds lose nanoseconds: the clip's ticks are what they mean.
    assert label.times_ns.tolist() == [START_NS, START_NS + 100_000_000]
    assert label.attributes == {"speed": 3}
    assert any("boxes and lines in images" in sentence for sentence in report)


def test_openlabel_files_without_a_way_to_the_world_are_told(street: Path, tmp_path: Path) -> None:
    box = {"name": "b", "val": [0, 0, 0, 0, 0, 0, 1, 4, 2, 1.5], "coordinate_system": "nowhere"}
    frames = {"0": {"frame_properties": {"timestamp": str(START_NS)},
                    "objects": {"7": {"object_data": {"cuboid": [box]}}}}}  # fmt: skip
    path = tmp_path / "drive.json"
    path.write_text(json.dumps(openlabel(frames, {"7": {"name": "x", "type": "car"}}, {})))
    with pytest.raises(ImportDefectError, match=r"coordinate_system: expected one of the file's"):
        read(path, street)
    box |= {"val": [0, 0, 0, 0, 0, 0, 9, 4, 2, 1.5]}
    path.write_text(json.dumps(openlabel(frames, {"7": {"name": "x", "type": "car"}}, {})))
    with pytest.raises(ImportDefectError, match=r"cuboid\[0\]\.val: expected a unit quaternion"):
        read(path, street)


def kitti_folder(folder: Path, lines: str) -> Path:
    (folder / "label_02").mkdir(parents=True)
    (folder / "calib").mkdir()
    (folder / "label_02" / "0000.txt").write_text(lines)
    matrix = "P2: 40 0 31.5 20 0 40 23.5 0 0 0 1 0"
    (folder / "calib" / "0000.txt").write_text(matrix + "\n")
    return folder


LINE = "1 5 Car 0 0 -1.5 1 2 3 4 1.5 2.0 4.0 -0.5 1.5 8.0 -1.5707963"


def test_kitti_boxes_stand_on_their_place_and_shift_with_the_camera(
    street: Path, tmp_path: Path
) -> None:
    folder = kitti_folder(tmp_path / "k", f"{LINE}\n0 -1 DontCare -1 -1 -10 1 2 3 4 {'-1 ' * 7}\n")
    with pytest.raises(ImportDefectError, match="which camera of the clip took its images"):
        read(folder, street)
    (label,), _ = read(folder, street, camera="front")
    # Camera 0 is half a metre to the right of the camera that took the images (P2's last column);
    # that one is 1 m ahead of the ego, which went on by 1 m, and 1.5 m high.
    np.testing.assert_allclose(label.positions_m, [[10.0, 0.0, 0.75]], atol=1e-6)
    np.testing.assert_allclose(label.sizes_m, [[4.0, 2.0, 1.5]])
    ahead = RigidTransform([0, 0, 0], label.quats_xyzw[0]).apply([1.0, 0, 0])
    np.testing.assert_allclose(ahead, [1.0, 0, 0], atol=1e-6)
    assert label.times_ns.tolist() == [START_NS + 100_000_000]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (LINE.replace("Car 0", "Car"), "row 2: expected 17 values in a line, found"),
        (LINE.replace("8.0", "far"), 'row 2, z: expected a number, found "far"'),
        (LINE.replace("8.0", "inf"), 'row 2, z: expected a finite number, found "inf"'),
        (LINE.replace("1 5", "9 5", 1), "row 2, frame: expected 0 to 2, a frame of camera"),
        (LINE.replace("1 5", "1 x", 1), 'row 2, track: expected a whole number, found "x"'),
        (LINE.replace("1.5 2.0 4.0", "-1 2.0 4.0"), "row 2, height: expected a box larger than"),
    ],
)
def test_a_wrong_line_of_kitti_is_named(
    street: Path, tmp_path: Path, line: str, sentence: str
) -> None:
    folder = kitti_folder(tmp_path / "k", f"{LINE}\n{line}\n")
    with pytest.raises(ImportDefectError) as caught:
        read(folder, street, camera="front")
    assert caught.value.message.startswith(f"label_02/0000.txt, {sentence}")


def test_another_cameras_calibration_is_not_taken(street: Path, tmp_path: Path) -> None:
    folder = kitti_folder(tmp_path / "k", LINE)
    (folder / "calib" / "0000.txt").write_text("P2: 700 0 31.5 20 0 700 23.5 0 0 0 1 0\n")
    with pytest.raises(ImportDefectError, match="P2: expected the matrix of camera 'front'"):
        read(folder, street, camera="front")


def test_formats_of_pictures_are_refused_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "instances.json"
    path.write_text(json.dumps({"images": [], "annotations": [], "categories": []}))
    with Files.at(path) as files, pytest.raises(ImportDefectError, match="COCO has boxes in im"):
        format_found(files)
    path.write_text("{}")
    with Files.at(path) as files, pytest.raises(ImportDefectError, match="expected files of nusc"):
        format_found(files)


def test_classes_are_matched_by_name_or_asked_for() -> None:
    counts = {"Car": 3, "Traffic Light": 1, "vehicle.bus": 2, "Cyclist": 4, "Misc": 5, "trck": 1}
    known = ["car", "traffic_light", "bus", "truck"]
    mapping = ClassMapping({"Misc": None, "Cyclist": "bicycle"})
    found = {one.name: one for one in classes_found(counts, known, mapping)}
    assert (found["Car"].becomes, found["Car"].is_settled) == ("car", True)
    assert found["Traffic Light"].becomes == "traffic_light"
    assert (found["Misc"].becomes, found["Misc"].is_settled) == (None, True)
    assert (found["Cyclist"].becomes, found["Cyclist"].is_known) == ("bicycle", False)
    assert (found["vehicle.bus"].is_settled, found["vehicle.bus"].suggestion) == (False, "bus")
    assert (found["trck"].is_settled, found["trck"].suggestion) == (False, "truck")
    kept = classes_found(counts, known, ClassMapping({}, keep=True))
    assert all(one.is_settled for one in kept)
    assert all(one.becomes == one.name for one in classes_found(counts, None, ClassMapping()))


def test_a_shard_that_is_none_is_told(tmp_path: Path) -> None:
    path = tmp_path / "samples-000000.tar"
    path.write_bytes(io.BytesIO(b"no tar at all" * 100).getvalue())
    with Files.at(path) as files, pytest.raises(ImportDefectError, match="expected a tar file"):
        format_found(files)
