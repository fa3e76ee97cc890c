"""OpenLABEL, nuScenes, Argoverse 2 and WebDataset, read back by the tools of each."""

import json
import re
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from django.core.management import call_command

from labelapp.clips.services import clip_import
from labelapp.labels.models import Label
from projection import RigidTransform, Track
from projection.io import read_clip_folder, read_label
from tests.integration.clip_folders import START_NS, cuboid, write_clip_folder, write_labels
from tests.integration.datasets.format_tools import loses_nothing, with_tools

pytestmark = [pytest.mark.django_db(transaction=True)]

TICKS = [START_NS + tick * 100_000_000 for tick in range(3)]
FORMATS = ["argoverse2", "nuscenes", "openlabel", "parquet", "webdataset"]
VCD = """
import json, sys
from vcd import core
label = core.OpenLABEL()
label.load_from_file(sys.argv[1], validation=True)
frames = {}
for number in label.data["openlabel"]["frames"]:
    for uid in label.get_frame(int(number))["objects"]:
        data = label.get_object_data(uid, "box", int(number))
        frames.setdefault(uid, {})[number] = data["val"]
print(json.dumps({"frames": frames, "objects": {
    uid: label.get_object(uid) for uid in label.get_objects()}}))
"""
NUSCENES = """
import json, sys
import numpy as np
from nuscenes.nuscenes import NuScenes
from nuscenes.utils.data_classes import LidarPointCloud
from pyquaternion import Quaternion
nusc = NuScenes("v1.0-labelapp", sys.argv[1], verbose=False)
found, boxes, keys, sweeps = [], [], [], []
for scene in nusc.scene:
    token = scene["first_sample_token"]
    while token:
        sample = nusc.get("sample", token)
        keys.append(sorted(sample["data"]))
        for token in sample["anns"]:
            annotation, box = nusc.get("sample_annotation", token), nusc.get_box(token)
            instance = nusc.get("instance", annotation["instance_token"])
            found.append([instance["label_id"], box.name, sample["time_ns"], box.center.tolist(),
                          box.orientation.elements.tolist(), box.wlh.tolist(),
                          [nusc.get("attribute", t)["name"]
                           for t in annotation["attribute_tokens"]],
                          annotation["num_lidar_pts"]])
        for channel, data in sample["data"].items():
            path, seen, matrix = nusc.get_sample_data(data)
            if channel == "LIDAR_TOP":
                cloud, about = LidarPointCloud.from_file(path), nusc.get("sample_data", data)
                for table in ("calibrated_sensor", "ego_pose"):
                    place = nusc.get(table, about[table + "_token"])
                    cloud.rotate(Quaternion(place["rotation"]).rotation_matrix)
                    cloud.translate(np.array(place["translation"]))
                sweeps.append([sample["time_ns"], cloud.points.T.tolist()])
            else:
                boxes.append([channel, path, len(seen), matrix.tolist()])
        token = sample["next"]
print(json.dumps({"annotations": found, "seen": boxes, "keys": keys,
                  "sweeps": sweeps, "scenes": len(nusc.scene),
                  "sample_data": len(nusc.sample_data)}))
"""
AV2 = """
import json, sys
from pathlib import Path
import numpy as np
from av2.structures.cuboid import CuboidList
from av2.structures.sweep import Sweep
from av2.geometry.camera.pinhole_camera import PinholeCamera
from av2.utils.io import read_city_SE3_ego
log = Path(sys.argv[1])
poses = read_city_SE3_ego(log)
found, sweeps = [], []
for path in sorted((log / "sensors" / "lidar").iterdir()):
    sweep = Sweep.from_feather(path)
    city = poses[sweep.timestamp_ns].transform_point_cloud(sweep.xyz)
    sweeps.append([sweep.timestamp_ns, city.tolist(), sweep.intensity.tolist(),
                   sweep.laser_number.tolist(), sweep.offset_ns.tolist(),
                   sweep.ego_SE3_up_lidar.translation.tolist()])
for cuboid in CuboidList.from_feather(log / "annotations.feather"):
    city = cuboid.transform(poses[cuboid.timestamp_ns])
    found.append([str(city.category),
                  int(cuboid.timestamp_ns), city.dst_SE3_object.translation.tolist(),
                  city.dst_SE3_object.rotation.tolist(), city.dims_lwh_m.tolist()])
cameras = {name: PinholeCamera.from_feather(log, name) for name in ("front", "rear")}
print(json.dumps({"cuboids": found, "sweeps": sweeps, "cameras": {name: [
    camera.intrinsics.K.tolist(), camera.ego_SE3_cam.translation.tolist(), int(camera.width_px)]
    for name, camera in cameras.items()}}))
"""


@pytest.fixture
def exported(clip, ontology, tmp_path: Path) -> Path:
    out = tmp_path / "out"
    call_command(
        "export", project="a", source="gold", here=True, out=out, images=True, formats=FORMATS
    )
    return out


def by_label(entries: list[tuple[str, str, int, RigidTransform, Any]]) -> dict:
    found: dict = {}
    for label_id, name, time_ns, pose, size in entries:
        found.setdefault((label_id, name), []).append((time_ns, pose, size))
    return found


def attributes_of(folder: Path) -> dict[str, dict[str, Any]]:
    return {label.id: dict(label.attributes) for label in truth_of(folder).labels}


def truth_of(folder: Path):
    return read_clip_folder(folder).label_sets[0]


def recorded_sweeps(folder: Path) -> dict[int, np.ndarray]:
    """The sweeps as they were recorded, by time, taken from the ego's frame to the world."""
    whole = read_clip_folder(folder).trajectory
    found = {}
    for number, time_ns in enumerate(TICKS):
        points = np.load(folder / f"sweeps/{number}.npy").astype(float)
        found[time_ns] = np.c_[whole.at(time_ns).apply(points[:, :3]), points[:, 3]]
    return found


def points_in_boxes(folder: Path) -> dict[tuple[str, int], int]:
    """How many recorded points are in each label's box, by label and tick."""
    found = {}
    for time_ns, points in recorded_sweeps(folder).items():
        for label in truth_of(folder).labels:
            state = Track(label).at(time_ns)
            local = state.world_from_box.inverse().apply(points[:, :3])
            inside = (np.abs(local) <= 0.5 * state.size_m).all(axis=1)
            found[label.id, time_ns] = int(inside.sum())
    return found


def test_openlabel_is_valid_and_a_round_trip_loses_nothing(exported: Path, folder: Path) -> None:
    (path,) = (exported / "openlabel").iterdir()
    read = with_tools(VCD, path)
    entries, attributes = [], {}
    whole = json.loads(path.read_text())["openlabel"]
    for uid, frames in read["frames"].items():
        about = read["objects"][uid]
        for number, values in frames.items():
            time_ns = int(whole["frames"][number]["frame_properties"]["timestamp"])
            pose = RigidTransform(values[:3], values[3:7])
            entries.append((about["name"], about["type"], time_ns, pose, values[7:]))
            data = whole["frames"][number]["objects"][uid]["object_data"]
            attributes[about["name"], time_ns] = {
                entry["name"]: entry["val"]
                for kind in ("boolean", "text", "num")
                for entry in data.get(kind, ())
            }
    assert len(entries) == 12
    loses_nothing(truth_of(folder), by_label(entries), TICKS, attributes=attributes, within_m=1e-12)
    assert attributes["b-moving", TICKS[1]] == {"brake_lights": True}
    streams = whole["streams"]
    assert streams["front"]["stream_properties"]["intrinsics_pinhole"]["camera_matrix"][0] == 40.0
    nearest = whole["frames"]["1"]["frame_properties"]["streams"]["rear"]
    assert (exported / nearest["uri"]).is_file()


def test_nuscenes_devkit_loads_all_tables_and_a_round_trip_loses_nothing(
    exported: Path, folder: Path
) -> None:
    read = with_tools(NUSCENES, exported / "nuscenes")
    entries, attributes = [], {}
    counts = {}
    for label_id, name, time_ns, centre, quat_wxyz, wlh, texts, points in read["annotations"]:
        counts[label_id, int(time_ns)] = points
        w, x, y, z = quat_wxyz
        width, length, height = wlh
        pose = RigidTransform(centre, [x, y, z, w])
        entries.append((label_id, name, int(time_ns), pose, [length, width, height]))
        attributes[label_id, int(time_ns)] = {
            text.rpartition(".")[0]: json.loads(text.rpartition(".")[2]) for text in texts
        }
    assert len(entries) == 12
    loses_nothing(truth_of(folder), by_label(entries), TICKS, attributes=attributes, within_m=1e-9)
    # The rolling shutter's camera is a pinhole, too.
    assert read["keys"] == [["LIDAR_TOP", "front", "rear"]] * 3
    assert read["sample_data"] == 9
    recorded = recorded_sweeps(folder)
    assert [int(time_ns) for time_ns, _ in read["sweeps"]] == TICKS == list(recorded)
    for time_ns, points in read["sweeps"]:
        found, wanted = np.array(points), recorded[int(time_ns)]
        np.testing.assert_allclose(found[:, :3], wanted[:, :3], atol=1e-4)
        # Theirs go to 255 as well, but we keep them from 0 to 1 of what is usual in the sweep.
        assert np.corrcoef(found[:, 3], wanted[:, 3])[0, 1] > 0.99
        assert 200 < found[:, 3].max() <= 255.001
    assert counts == points_in_boxes(folder)
    assert max(counts.values()) > 5
    for channel, path, seen, matrix in read["seen"]:
        assert Path(path).is_file()
        assert seen > 0
        assert matrix == [[40.0, 0.0, 31.5], [0.0, 40.0, 23.5], [0.0, 0.0, 1.0]]
        recorded = folder / "images" / channel / f"{path.rpartition('__')[2]}"
        assert Path(path).read_bytes() == recorded.read_bytes()


def test_av2_reads_cuboids_poses_and_cameras_and_a_round_trip_loses_nothing(
    exported: Path, folder: Path, clip
) -> None:
    log = exported / "argoverse2" / "train" / str(clip.pk)
    names = {
        (row["timestamp_ns"], round(row["length_m"], 6), number): row["track_uuid"]
        for number, row in enumerate(_feather_rows(log / "annotations.feather"))
    }
    read = with_tools(AV2, log)
    assert len(read["cuboids"]) == len(names) == 12
    uuids = list(names.values())
    entries = []
    for number, (name, time_ns, centre, rotation, size) in enumerate(read["cuboids"]):
        quat = _quat_of(np.array(rotation))
        entries.append((uuids[number], name, time_ns, RigidTransform(centre, quat), size))
    loses_nothing(truth_of(folder), by_label(entries), TICKS, attributes=False, within_m=1e-9)
    recorded = recorded_sweeps(folder)
    assert [sweep[0] for sweep in read["sweeps"]] == TICKS
    for time_ns, positions, intensity, lasers, offsets, mount in read["sweeps"]:
        np.testing.assert_allclose(positions, recorded[time_ns][:, :3], atol=1e-4)
        assert np.corrcoef(intensity, recorded[time_ns][:, 3])[0, 1] > 0.99
        assert (set(lasers), set(offsets), mount) == ({0}, {0}, [0.0, 0.0, 0.0])
    inside = {
        (row["track_uuid"], row["timestamp_ns"]): row["num_interior_pts"]
        for row in _feather_rows(log / "annotations.feather")
    }
    assert inside == points_in_boxes(folder)
    matrix, place, width = read["cameras"]["front"]
    assert matrix[0][0] == 40.0
    assert place == [1.0, 0.0, 1.5]
    assert width == 64
    pictures = sorted((log / "sensors" / "cameras" / "rear").iterdir())
    assert [int(path.stem) for path in pictures] == [t + 7_000_000 for t in TICKS]


AV2_MAP = """
import json, sys
from pathlib import Path
from av2.map.map_api import ArgoverseStaticMap
static = ArgoverseStaticMap.from_map_dir(Path(sys.argv[1]), build_raster=False)
print(json.dumps({
    "lanes": [[lane.id, lane.left_lane_boundary.xyz.tolist(), lane.left_mark_type.value,
               lane.right_lane_boundary.xyz.tolist(), lane.right_mark_type.value]
              for lane in static.get_scenario_lane_segments()],
    "crossings": [one.polygon.tolist() for one in static.get_scenario_ped_crossings()],
    "areas": [area.xyz.tolist() for area in static.get_scenario_vector_drivable_areas()],
}))
"""


def road_labels() -> list[dict[str, Any]]:
    """A street's labels: what a map has, and what it has nothing for."""

    def line(name: str, y: float, **more: Any) -> dict[str, Any]:
        vertices = [[-20.0, y, -0.4], [10.0, y + 0.123456789012, -0.4], [40.0, y, -0.25]]
        return {"id": name, "class": "lane_boundary", "geometry": "polyline", "closed": False,
                "vertices_m": vertices, "attributes": {}, **more}  # fmt: skip

    def surface(name: str, kind: str, *rings: list[list[float]]) -> dict[str, Any]:
        return {"id": name, "class": kind, "geometry": "polygon", "rings_m": list(rings),
                "attributes": {}}  # fmt: skip

    wide = [[10.0, -4.0, -0.4], [13.0, -4.0, -0.4], [13.0, 4.0, -0.4], [10.0, 4.0, -0.4]]
    road = [[-20.0, -5.0, -0.4], [40.0, -5.0, -0.4], [40.0, 5.0, -0.4], [-20.0, 5.0, -0.4]]
    hole = [[0.0, 0.0, -0.4], [2.0, 0.0, -0.4], [2.0, 1.0, -0.4]]
    yellow = {"style": "double_solid", "marking_color": "yellow"}
    return [
        line("a middle", 0.0, attributes=yellow, width_m=0.3),
        line("b/edge ß", 4.0, **{"class": "kerb", "attributes": {"lowered": True}}),
        line("c-odd", 2.0, attributes={"style": "dots", "marking_color": "red"}),
        line("d-stop", 1.0, **{"class": "stop_line"}),
        surface("e-cross", "crossing", wide),
        surface("f-cross", "crossing", [*wide, [9.0, 0.0, -0.4]]),
        surface("g-road", "road_surface", road, hole),
        surface("h-walk", "sidewalk", wide),
    ]


def test_av2_reads_the_vector_map_and_it_comes_back_as_it_was(
    cast, ontology, tmp_path: Path
) -> None:
    folder = write_clip_folder(tmp_path / "road")
    write_labels(folder, road_labels())
    clip = clip_import(
        actor=None, project=cast.project, folder=folder, progress=lambda *_: None
    ).clip
    out = tmp_path / "out"
    call_command("export", project="a", source="gold", here=True, out=out, formats=["argoverse2"])
    read = with_tools(AV2_MAP, out / "argoverse2" / "train" / str(clip.pk) / "map")
    labels = {label["id"]: label for label in road_labels()}
    lines = {number: rest for number, *rest in read["lanes"]}
    assert {number: line[1] for number, line in lines.items()} == {
        1: "DOUBLE_SOLID_YELLOW", 2: "NONE", 3: "UNKNOWN",
    }  # fmt: skip
    for number, name in ((1, "a middle"), (2, "b/edge ß"), (3, "c-odd")):
        # No lane is made up: it has no width.
        assert lines[number][0] == lines[number][2] == labels[name]["vertices_m"]
        assert lines[number][3] == "NONE"
    (crossing,) = read["crossings"]
    ring = labels["e-cross"]["rings_m"][0]
    # Its edges lead across the street, along the longer sides.
    assert crossing == [*ring[1:], ring[0], ring[1]]
    (area,) = read["areas"]
    assert area == [*labels["g-road"]["rings_m"][0], labels["g-road"]["rings_m"][0][0]]

    manifest = json.loads((out / "manifest.json").read_text())
    said = {sentence: count for sentence, count in manifest["report"]["argoverse2"].items()
            if not sentence.startswith("cameras")}  # fmt: skip
    assert {re.split("[,:]", sentence)[0]: count for sentence, count in said.items()} == {
        "lines": 3, "crossings that have other than four corners": 1,
        "drivable areas whose holes are left out": 1,
        "lines and surfaces that the map has no kind for": 2,
    }  # fmt: skip
    assert manifest["fields_lost"]["argoverse2"] == {"label": 3, "rings_m": 2}
    assert not manifest["labels_left_out"].get("argoverse2")
    call_command("import_labels", out / "argoverse2", project="a", keep_classes=True)
    rows = Label.objects.filter(label_set__source="import", label_set__layer="objects")
    found = {row.label_id: row.body for row in rows}
    assert set(found) == {"a middle", "b/edge ß", "c-odd", "e-cross", "g-road"}
    for name in ("a middle", "b/edge ß", "c-odd"):
        assert found[name] == labels[name]
    assert found["g-road"] == {**labels["g-road"], "rings_m": labels["g-road"]["rings_m"][:1]}
    assert found["e-cross"] == {**labels["e-cross"], "rings_m": [[*ring[1:], ring[0]]]}


def _feather_rows(path: Path) -> list[dict[str, Any]]:
    from pyarrow import feather

    return feather.read_table(path).to_pylist()


def _quat_of(matrix: np.ndarray) -> list[float]:
    from scipy.spatial.transform import Rotation

    return Rotation.from_matrix(matrix).as_quat().tolist()


# It leaves closing its files to the garbage collector.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_webdataset_reads_pictures_and_the_same_rows_as_parquet(exported: Path, folder) -> None:
    import webdataset

    (shard,) = exported.glob("samples-*.tar")
    rows = pq.read_table(exported / "targets.parquet").to_pylist()
    samples = list(webdataset.WebDataset(str(shard), shardshuffle=False, empty_check=False))
    assert len(samples) == 6
    count = 0
    for sample in samples:
        about = json.loads(sample["json"])
        recorded = folder / "images" / about["camera"] / f"{about['time_ns']}.jpg"
        assert sample["jpg"] == recorded.read_bytes()
        targets = json.loads(sample["targets.json"])["targets"]
        expected = [row for row in rows if row["image"] == about["image"]]
        assert [t["label_id"] for t in targets] == [row["label_id"] for row in expected]
        for target, row in zip(targets, expected, strict=True):
            count += 1
            assert target["mask_visible"] == row["mask_visible"]
            assert target["outline_px"] == row["outline_px"]
            assert target["attributes"] == json.loads(row["attributes"])
        assert about["world_from_ego"]["position_m"][0] == pytest.approx(
            (int(about["time_ns"]) - START_NS) * 1e-8
        )
    assert count == len(rows)


def test_heads_of_images_and_of_ticks_are_samples_of_one_shard(
    clip, do_export, file_of, tmp_path: Path
) -> None:
    grid = {"frame": "ego", "origin_m": [-10, -10], "resolution_m": 0.5, "size": [80, 40]}
    spec = {
        "heads": {
            "cars": {"kind": "objects2d", "classes": ["car"]},
            "masks": {"kind": "instance", "cameras": ["front"]},
            "top": {"kind": "bev", "grid": grid},
        }
    }
    export = do_export(formats=["webdataset"], spec=spec)
    assert [file["name"] for file in export.files] == ["samples-000000.tar", "manifest.json"]
    path = tmp_path / "shard.tar"
    path.write_bytes(file_of(export, "samples-000000.tar"))
    with tarfile.open(path) as archive:
        names = [name.split("/", 1)[1] for name in archive.getnames()]
        assert {member.mtime for member in archive.getmembers()} == {0}
    time_ns = TICKS[0]
    parts = ["jpg", "json", "cars.json", "masks.json", "masks.id_picture.png"]
    assert names[:5] == [f"front/{time_ns}.{part}" for part in parts]
    assert f"rear/{time_ns + 7_000_000}.cars.json" in names
    assert f"rear/{time_ns + 7_000_000}.masks.json" not in names
    assert names[-2:] == [f"ticks.top/{TICKS[2]}.json", f"ticks.top/{TICKS[2]}.top.npz"]
    assert do_export(formats=["webdataset"], spec=spec).files == export.files


def test_openlabel_holds_every_geometry(
    tmp_path: Path, cast, ontology, do_export, unpacked
) -> None:
    others = [
        {"id": "e-road", "class": "drivable", "geometry": "polygon", "attributes": {"wet": True},
         "rings_m": [[[0, 0, 0], [9, 0, 0], [9, 9, 0]], [[6, 1, 0], [7, 1, 0], [7, 2, 0]]]},
        {"id": "f-lane", "class": "lane_boundary", "geometry": "polyline", "closed": False,
         "vertices_m": [[-20.0, 1.5, -0.4], [40.0, 1.5, -0.4]], "width_m": 0.3, "attributes": {}},
        {"id": "h-pole", "class": "pole", "geometry": "keypoints", "attributes": {},
         "points": {"top": {"position_m": [20.0, 3.0, 2.0], "visible": False}}},
        {"id": "i-bush", "class": "bush", "geometry": "points", "attributes": {},
         "positions_m": [[12.0, 2.5, 0.1], [12.0, 2.5, 0.2]]},
    ]  # fmt: skip
    folder = write_clip_folder(tmp_path / "road")
    write_labels(folder, [cuboid("a"), *others])
    clip_import(actor=None, project=cast.project, folder=folder, progress=lambda *_: None)
    (path,) = (unpacked(do_export(formats=["openlabel"]), "openlabel.zip") / "openlabel").iterdir()
    with_tools(VCD, path)
    objects = {o["name"]: o for o in json.loads(path.read_text())["openlabel"]["objects"].values()}
    read = {}
    for name, about in objects.items():
        data = about.get("object_data", {})
        base = {
            "id": name,
            "class": about["type"],
            "attributes": {entry["name"]: entry["val"] for entry in data.get("boolean", ())},
        }
        if name == "e-road":
            rings = [np.reshape(p["val"], (-1, 3)).tolist() for p in data["poly3d"]]
            read[name] = {**base, "geometry": "polygon", "rings_m": rings}
        elif name == "f-lane":
            (line,) = data["poly3d"]
            read[name] = {
                **base,
                "geometry": "polyline",
                "closed": line["closed"],
                "vertices_m": np.reshape(line["val"], (-1, 3)).tolist(),
                "width_m": line["attributes"]["num"][0]["val"],
            }
        elif name == "h-pole":
            read[name] = {
                **base,
                "geometry": "keypoints",
                "points": {
                    p["name"]: {
                        "position_m": p["val"],
                        "visible": p["attributes"]["boolean"][0]["val"],
                    }
                    for p in data["point3d"]
                },
            }
        elif name == "i-bush":
            read[name] = {**base, "geometry": "points",
                          "positions_m": [p["val"] for p in data["point3d"]]}  # fmt: skip
    assert set(objects) == {"a", *read}
    for label in others:
        expected, found = read_label(label), read_label(read[label["id"]])
        assert json.dumps(found.spec, sort_keys=True) == json.dumps(
            json.loads(json.dumps(label), parse_int=float), sort_keys=True
        )
        assert found.class_name == expected.class_name


def test_the_same_bytes_twice(clip, do_export) -> None:
    formats = ["argoverse2", "nuscenes", "openlabel"]
    first, second = (do_export(formats=formats, include_images=True) for _ in range(2))
    assert first.files == second.files
    names = [file["name"] for file in first.files]
    assert names == ["argoverse2.zip", "images.zip", "nuscenes.zip", "openlabel.zip",
                     "manifest.json"]  # fmt: skip
