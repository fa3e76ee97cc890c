"""Clip folders: a right one is read, a wrong one gets sentences."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from projection.io import FormatError, read_clip_folder

Edit = Callable[[Callable[[dict[str, Any]], None]], None]


def refused(clip: Path, *parts: str) -> FormatError:
    with pytest.raises(FormatError) as caught:
        read_clip_folder(clip)
    for part in parts:
        assert part in str(caught.value), str(caught.value)
    return caught.value


def test_right_clip_is_read_whole(clip: Path) -> None:
    result = read_clip_folder(clip)
    assert result.name == "small"
    assert [camera.name for camera in result.cameras] == ["front"]
    assert result.trajectory.end_ns == 200_000_000
    assert [(image.time_ns, image.path) for image in result.images] == [
        (0, "images/0.png"),
        (100_000_000, None),
    ]
    assert [sweep.frame for sweep in result.sweeps] == ["lidar", "ego"]
    assert result.ticks_ns().tolist() == [0, 100_000_000]
    assert result.label_sets[0].labels[0].class_name == "car"
    assert result.attributes == {"weather": "dry", "speed": 12.5, "night": False}
    assert result.origin is not None
    assert result.origin.altitude_m is None
    assert result.warnings == ()


def test_order_of_columns_line_ends_blank_lines_and_a_byte_order_mark_do_not_matter(
    clip: Path,
) -> None:
    (clip / "images.csv").write_bytes(
        b"\xef\xbb\xbfpath,note,time_ns,camera\r\nimages/0.png,x,0,front\r\n\r\n,,100000000,front\r\n"
    )
    result = read_clip_folder(clip)
    assert [image.path for image in result.images] == ["images/0.png", None]


def test_sweeps_csv_may_be_absent_or_only_a_header(clip: Path) -> None:
    (clip / "sweeps.csv").write_text("lidar,time_ns,path,frame\n")
    assert read_clip_folder(clip).sweeps == ()
    (clip / "sweeps.csv").unlink()
    result = read_clip_folder(clip)
    assert result.sweeps == ()
    assert result.ticks_ns().tolist() == [0, 100_000_000]


def _with_times(clip: Path, sweeps_ns: list[int], images_ns: list[int]) -> list[int]:
    """Write a clip's tables anew, with these times, and return its ticks."""
    rows = "".join(f"top,{time},sweeps/1.npy,ego\n" for time in sweeps_ns)
    (clip / "sweeps.csv").write_text(f"lidar,time_ns,path,frame\n{rows}")
    rows = "".join(f"front,{time},\n" for time in images_ns)
    (clip / "images.csv").write_text(f"camera,time_ns,path\n{rows}")
    ticks: list[int] = read_clip_folder(clip).ticks_ns().tolist()
    return ticks


def test_ticks_are_images_where_sweeps_cover_less_than_half_of_them(clip: Path) -> None:
    images = [0, 45_000_000, 90_000_000, 135_000_000, 180_000_000]
    assert _with_times(clip, [100_000_000, 189_999_999], images) == images
    assert _with_times(clip, [100_000_000], images) == images


def test_ticks_are_sweeps_where_they_cover_half_of_the_images_or_more(clip: Path) -> None:
    images = [0, 45_000_000, 90_000_000, 135_000_000, 180_000_000]
    assert _with_times(clip, [100_000_000, 190_000_000], images) == [100_000_000, 190_000_000]
    assert _with_times(clip, [100_000_000], images[:1]) == [100_000_000]
    assert _with_times(clip, [100_000_000], []) == [100_000_000]


def test_file_that_nothing_names_is_ignored_with_a_line(clip: Path) -> None:
    (clip / "notes.txt").write_text("hello")
    (clip / "images" / "9.png").write_text("")
    warnings = read_clip_folder(clip).warnings
    assert any(line.startswith("notes.txt") for line in warnings)
    assert any(line.startswith("images/9.png") for line in warnings)


@pytest.mark.parametrize("name", ["clip.json", "trajectory.csv", "images.csv"])
def test_missing_file_is_named(clip: Path, name: str) -> None:
    (clip / name).unlink()
    refused(clip, name, "nothing")


def test_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    refused(tmp_path / "nowhere", "nowhere", "clip folder")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("{", ("clip.json", "valid JSON", "line 1")),
        ("[]", ("clip.json", "JSON object")),
        ('{"format": "labelapp-clip/1", "format": "x"}', ("format", "twice")),
        ('{"format": NaN}', ("finite",)),
        ("[" * 100_000, ("clip.json",)),
        ("\xff", ("clip.json",)),
    ],
)
def test_broken_json_gets_a_sentence(clip: Path, text: str, parts: tuple[str, ...]) -> None:
    (clip / "clip.json").write_bytes(text.encode("latin-1"))
    refused(clip, *parts)


Change = Callable[[dict[str, Any]], Any]

WRONG_DESCRIPTIONS: list[tuple[str, Change, tuple[str, ...]]] = [
    ("format", lambda d: d.update(format="labelapp-clip/2"), ("format", "labelapp-clip/1")),
    ("no format", lambda d: d.pop("format"), ("format", "nothing")),
    ("name", lambda d: d.update(name=""), ("name",)),
    ("cameras", lambda d: d.update(cameras={}), ("cameras", "list")),
    ("model", lambda d: d["cameras"][0].update(model="magic"), ("model", "pinhole", "magic")),
    ("doubled", lambda d: d["cameras"].append(d["cameras"][0]), ("name", "unique", "front")),
    ("width", lambda d: d["cameras"][0].update(width=0), ("width", "found 0")),
    ("float width", lambda d: d["cameras"][0].update(width=640.5), ("width", "640.5")),
    ("huge", lambda d: d["cameras"][0].update(height=10**9), ("height",)),
    ("fx", lambda d: d["cameras"][0]["params"].pop("fx"), ("params.fx", "nothing")),
    ("text fx", lambda d: d["cameras"][0]["params"].update(fx="400"), ("params.fx", '"400"')),
    ("negative", lambda d: d["cameras"][0]["params"].update(fy=-1), ("params.fy", "above 0")),
    (
        "no pose",
        lambda d: d["cameras"][0].pop("ego_from_camera"),
        ("front", "ego_from_camera", "nothing"),
    ),
    (
        "quaternion",
        lambda d: d["cameras"][0]["ego_from_camera"].update(quat_xyzw=[0, 0, 0, 2]),
        ("ego_from_camera.quat_xyzw", "unit"),
    ),
    ("shutter", lambda d: d["cameras"][0].pop("shutter"), ("shutter",)),
    (
        "direction",
        lambda d: d["cameras"][0]["shutter"].update(direction="down"),
        ("shutter.direction", "top_to_bottom"),
    ),
    (
        "delay",
        lambda d: d["cameras"][0]["shutter"].update(line_delay_ns=-5),
        ("line_delay_ns", "-5"),
    ),
    ("slash", lambda d: d["cameras"][0].update(name="a/b"), ("name", "slashes")),
    ("dots", lambda d: d["cameras"][0].update(name=".."), ("name", "found", "..")),
    ("lidar", lambda d: d["lidars"][0].pop("ego_from_lidar"), ("lidars[0]", "ego_from_lidar")),
    ("fields", lambda d: d["lidars"][0].update(fields=["x", "y"]), ("fields", "x, y, z")),
    ("origin", lambda d: d["origin"].update(latitude_deg=200), ("origin.latitude_deg", "200")),
    ("attributes", lambda d: d.update(attributes={"a": [1]}), ("attributes.a",)),
]


@pytest.mark.parametrize(
    ("change", "parts"),
    [row[1:] for row in WRONG_DESCRIPTIONS],
    ids=[r[0] for r in WRONG_DESCRIPTIONS],
)
def test_wrong_description_is_refused_with_the_fields_name(
    clip: Path, edit_json: Edit, change: Change, parts: tuple[str, ...]
) -> None:
    edit_json(change)
    refused(clip, "clip.json", *parts)


WRONG_TABLES = [
    ("trajectory.csv", "0,0,0,0,0,0,0,1\n0,1,0,0,0,0,0,1\n", ("line 3", "time_ns", "after")),
    ("trajectory.csv", "0,0,0,0,0,0,0,1\n5.5,1,0,0,0,0,0,1\n", ("line 3", "time_ns", "5.5")),
    ("trajectory.csv", "0,0,0,nan,0,0,0,1\n9,1,0,0,0,0,0,1\n", ("line 2", "z_m", "finite")),
    ("trajectory.csv", "0,0,0,0,0,0,0,1\n9,1,0,0,0,0,0,1.1\n", ("line 3", "unit quaternion")),
    ("trajectory.csv", "0,0,0,0,0,0,0,1\n9,1,0,0\n", ("line 3", "8 columns", "4")),
    ("trajectory.csv", "", ("trajectory.csv", "at least one pose")),
    ("trajectory.csv", "99999999999999999999,0,0,0,0,0,0,1\n", ("line 2", "time_ns")),
    # The difference of two times must fit 64 bits, too.
    ("trajectory.csv", "-9223372036854775808,0,0,0,0,0,0,1\n", ("line 2", "time_ns", "2^62")),
    ("images.csv", "rear,0,\n", ("line 2", "camera", "rear", "front")),
    ("images.csv", "front,0,\nfront,0,\n", ("line 3", "line 2", "once")),
    ("images.csv", "front,x,\n", ("line 2", "time_ns")),
    ("images.csv", "front,0,images/7.png\n", ("line 2", "path", "nothing at images/7.png")),
    ("images.csv", "front,0,/etc/passwd\n", ("line 2", "path", "relative")),
    ("images.csv", "front,0,../clip.json\n", ("line 2", "path", "inside")),
    ("images.csv", "front,0,images\\0.png\n", ("line 2", "path", "forward slashes")),
    ("images.csv", "front,0,C:/0.png\n", ("line 2", "path", "relative")),
    ("images.csv", "front,0,clip.json\n", ("line 2", "path", ".png")),
    ("images.csv", "front,0,images\n", ("line 2", "path")),
    ("images.csv", "front,199999999,\n", ("front, time_ns", "last line read out", "200000000")),
    ("images.csv", "front,-1,\n", ("front, time_ns", "covers", "-1")),
    ("sweeps.csv", "side,0,sweeps/0.npy,ego\n", ("line 2", "lidar", "side")),
    ("sweeps.csv", "top,0,sweeps/0.npy,car\n", ("line 2", "frame", "world")),
    ("sweeps.csv", "top,0,,ego\n", ("line 2", "path")),
    ("sweeps.csv", "top,300000000,sweeps/0.npy,ego\n", ("top, time_ns", "covers")),
    ("sweeps.csv", "top,0,images/0.png,ego\n", ("line 2", "path", ".npy")),
]


@pytest.mark.parametrize(("name", "rows", "parts"), WRONG_TABLES)
def test_wrong_row_is_refused_with_its_line(
    clip: Path, name: str, rows: str, parts: tuple[str, ...]
) -> None:
    header = (clip / name).read_text().splitlines()[0]
    (clip / name).write_text(f"{header}\n{rows}")
    refused(clip, name, *parts)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("camera,time_ns\nfront,0\n", ("header", "path")),
        ("camera,time_ns,path,path\nfront,0,,\n", ("header", "path twice")),
        ("", ("header", "nothing")),
        ("camera,time_ns,path\nfront,0,a\0b\n", ("NUL",)),
        ('camera,time_ns,path\n"front,0,\n', ("CSV",)),
    ],
)
def test_broken_table_gets_a_sentence(clip: Path, text: str, parts: tuple[str, ...]) -> None:
    (clip / "images.csv").write_text(text)
    refused(clip, "images.csv", *parts)


def test_link_that_leaves_the_folder_is_refused(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_text("x")
    (clip / "images" / "0.png").unlink()
    (clip / "images" / "0.png").symlink_to(tmp_path / "secret.png")
    refused(clip, "images.csv", "line 2", "link")


@pytest.mark.parametrize("name", ["clip.json", "trajectory.csv", "images.csv", "sweeps.csv"])
def test_table_that_is_a_link_out_is_refused_unread(clip: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text("root:x:0:0\n")
    (clip / name).unlink()
    (clip / name).symlink_to(tmp_path / "secret")
    error = refused(clip, name, "link that leaves")
    assert "root" not in str(error)


def test_folder_that_is_a_link_out_is_refused(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "0.png").write_text("x")
    (clip / "images" / "0.png").unlink()
    (clip / "images").rmdir()
    (clip / "images").symlink_to(tmp_path / "other")
    refused(clip, "images.csv", "line 2", "link")


def test_link_inside_the_folder_is_fine(clip: Path) -> None:
    (clip / "images" / "real.png").write_text("x")
    (clip / "images" / "0.png").unlink()
    (clip / "images" / "0.png").symlink_to(clip / "images" / "real.png")
    assert read_clip_folder(clip).images[0].path == "images/0.png"


def test_label_set_that_is_wrong_is_named_with_its_file(clip: Path) -> None:
    path = clip / "labels" / "gold.json"
    document = json.loads(path.read_text())
    document["labels"][0]["keyframes"][1]["time_ns"] = "0"
    path.write_text(json.dumps(document))
    refused(clip, "labels/gold.json", "labels[0]", "keyframes[1].time_ns")


def test_many_defects_are_told_at_once(clip: Path, edit_json: Edit) -> None:
    edit_json(lambda document: document["cameras"][0]["params"].update(fx=0, cx="x"))
    (clip / "trajectory.csv").unlink()
    (clip / "sweeps.csv").write_text("lidar,time_ns,path,frame\nno,a,,b\n")
    error = refused(clip, "params.fx", "trajectory.csv", "sweeps.csv")
    assert len(error.defects) >= 5


def test_hundreds_of_defects_are_cut_short(clip: Path) -> None:
    rows = "\n".join(f"front,{time},images/{time}.png" for time in range(300))
    (clip / "images.csv").write_text("camera,time_ns,path\n" + rows)
    error = refused(clip, "and 279 more")
    assert len(error.defects) == 299


def test_camera_that_is_wrong_is_not_missed_in_every_row_of_the_tables(
    clip: Path, edit_json: Edit
) -> None:
    edit_json(lambda document: document["cameras"][0].update(model="pinhole2"))
    error = refused(clip, "clip.json", "pinhole2")
    assert [defect.file for defect in error.defects] == ["clip.json"]
