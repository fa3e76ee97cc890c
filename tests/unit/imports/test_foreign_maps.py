"""Maps of Argoverse 2 become lines and areas in a clip's world; what is wrong in them is told."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import feather

from labelapp.imports.errors import ImportDefectError
from labelapp.imports.files import Files
from labelapp.imports.formats import FORMATS, format_found
from projection.io import read_clip_folder, read_label
from projection.labels import Polygon, Polyline
from tests.integration.clip_folders import START_NS, write_clip_folder
from tests.unit.imports.foreign import geometry_of

LOG = "7c1e"


def points(*places: tuple[float, float, float]) -> list[dict[str, float]]:
    return [dict(zip("xyz", place, strict=True)) for place in places]


def lane(left: list[dict[str, float]], right: list[dict[str, float]], **more: Any) -> dict:
    return {
        "left_lane_boundary": left,
        "right_lane_boundary": right,
        "left_lane_mark_type": "SOLID_WHITE",
        "right_lane_mark_type": "NONE",
        "lane_type": "VEHICLE",
        **more,
    }


def a_map(**changes: Any) -> dict[str, Any]:
    middle = points((0, 0, 0), (10, 0, 0), (20, 1, 0))
    lanes = {
        "11": lane(middle, points((0, -3, 0), (20, -3, 0))),
        # The other way: its left boundary is the first one's.
        "12": lane(middle[::-1], points((20, 3, 0), (0, 3, 0))),
    }
    area = {"area_boundary": points((0, 0, 0), (9, 0, 0), (9, 9, 0), (0, 0, 0))}
    crossing = {"edge1": points((0, 0, 0), (4, 0, 0)), "edge2": points((0, 2, 0), (4, 2, 0))}
    found = {
        "lane_segments": lanes,
        "drivable_areas": {"21": area},
        "pedestrian_crossings": {"31": crossing},
    }
    return {**found, **changes}


@pytest.fixture
def street(tmp_path: Path) -> Path:
    return write_clip_folder(tmp_path / "street")


def write_log(folder: Path, document: Any, *, city_m: tuple[float, float] = (0.0, 0.0)) -> Path:
    """A log's folder: its map, and where the vehicle was in the city."""
    (folder / LOG / "map").mkdir(parents=True)
    path = folder / LOG / "map" / f"log_map_archive_{LOG}____PIT_city_4.json"
    path.write_text(json.dumps(document))
    poses = {
        "timestamp_ns": [START_NS, START_NS + 100_000_000],
        "qw": [1.0, 1.0],
        **{name: [0.0, 0.0] for name in ("qx", "qy", "qz", "tz_m")},
        "tx_m": [city_m[0], city_m[0] + 1.0],
        "ty_m": [city_m[1], city_m[1]],
    }
    feather.write_feather(pa.table(poses), str(folder / LOG / "city_SE3_egovehicle.feather"))
    return folder


def read(folder: Path, clip: Path):
    with Files.at(folder) as files:
        name, recordings = format_found(files)
        assert name == "argoverse2"
        recording = recordings[-1]
        assert recording.keys == recordings[0].keys, "boxes and map are one recording"
        reading = FORMATS[name].read(files, recording, geometry_of(clip))
    assert reading.layer == "road"
    return {label["id"]: read_label(label) for label in reading.labels}, reading.report


def test_a_map_becomes_lines_and_areas_where_the_vehicle_says_the_city_is(
    street: Path, tmp_path: Path
) -> None:
    labels, report = read(write_log(tmp_path / "av2", a_map(), city_m=(500.0, -40.0)), street)
    assert [(name, label.class_name) for name, label in labels.items()] == [
        ("lane-11-left", "lane_marking"),
        ("lane-11-right", "lane_boundary"),
        ("lane-12-right", "lane_boundary"),
        ("area-21", "drivable_area"),
        ("crossing-31", "pedestrian_crossing"),
    ]
    line, area, crossing = (labels[n] for n in ("lane-11-left", "area-21", "crossing-31"))
    assert isinstance(line, Polyline)
    assert line.attributes == {"mark_type": "SOLID_WHITE"}
    moved = np.array([-500.0, 40.0, 0.0])
    middle = np.array([[0, 0, 0], [10, 0, 0], [20, 1, 0]]) + moved
    np.testing.assert_allclose(line.vertices_m, middle, atol=1e-9)
    assert isinstance(area, Polygon)
    assert isinstance(crossing, Polygon)
    assert len(area.rings_m[0]) == 3, "the first vertex isn't said again"
    ring = np.array([[0, 0, 0], [4, 0, 0], [4, 2, 0], [0, 2, 0]]) + moved
    np.testing.assert_allclose(crossing.rings_m[0], ring, atol=1e-9)
    assert sorted(report.values()) == [1, 2]
    assert any("share" in sentence for sentence in report)


def test_the_map_of_a_real_log_has_the_lines_that_its_clip_has(shared_dir: Path) -> None:
    clip = shared_dir / "data/clips/av2_7fab2350"
    labels, _ = read(shared_dir / "data/raw/av2", clip)
    own = next(s for s in read_clip_folder(clip).label_sets if s.layer == "road").labels
    lines = {
        way.tobytes()
        for label in labels.values()
        if isinstance(label, Polyline)
        for way in (np.round(label.vertices_m, 2) + 0.0, np.round(label.vertices_m[::-1], 2) + 0.0)
    }
    there = [
        (np.round(label.vertices_m, 2) + 0.0).tobytes() in lines
        for label in own
        if isinstance(label, Polyline)
    ]
    assert len(there) == 276
    assert all(there)
    assert sum(label.class_name == "drivable_area" for label in labels.values()) == 13


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ([], "expected an object"),
        ({}, "expected some of lane_segments, drivable_areas, pedestrian_crossings, found none"),
        (a_map(lane_segments=[1]), "lane_segments: expected an object, found"),
        (
            a_map(lane_segments={"7": {"left_lane_mark_type": "NONE"}}),
            "lane_segments 7, left_lane_boundary: expected at least 1 points, found nothing",
        ),
        (
            a_map(drivable_areas={"8": {"area_boundary": points((0, 0, 0))}}),
            "drivable_areas 8, area_boundary: expected at least 3 points",
        ),
        (
            a_map(pedestrian_crossings={"9": {"edge1": [{"x": 1, "y": 2}, 3]}}),
            "pedestrian_crossings 9, edge1[0].z: expected a number, found nothing",
        ),
    ],
)
def test_a_wrong_map_is_told_with_file_row_and_field(
    street: Path, tmp_path: Path, document: Any, sentence: str
) -> None:
    with pytest.raises(ImportDefectError) as caught:
        read(write_log(tmp_path / "av2", document), street)
    assert sentence in caught.value.message
    assert "log_map_archive_" in caught.value.message
