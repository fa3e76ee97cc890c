"""A right folder goes in whole."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from labelapp.clips.checking import far_from_origin
from labelapp.clips.models import Clip
from labelapp.clips.sweeps import decode_sweep
from labelapp.clips.writing import decode_trajectory
from labelapp.common.errors import ForbiddenError, NotFoundError
from labelapp.labels.models import Label, LabelSet
from tests.integration.clip_folders import (
    GROUND_Z_M,
    START_NS,
    TICK_NS,
    cuboid,
    edit_json,
    write_clip_folder,
    write_labels,
)
from tests.integration.files import files_below

pytestmark = pytest.mark.django_db


def test_the_row_says_what_the_folder_holds(folder: Path, do_import, cast) -> None:
    imported = do_import(folder)
    clip = Clip.objects.get()
    assert imported.is_new
    assert imported.clip == clip
    assert imported.warnings == []
    assert (clip.name, clip.project, clip.created_by) == ("street", cast.project, cast["engineer"])
    assert (clip.camera_count, clip.image_count, clip.picture_count) == (2, 6, 6)
    assert (clip.sweep_count, clip.tick_count) == (3, 3)
    assert (clip.start_ns, clip.end_ns) == (START_NS - TICK_NS, START_NS + 3 * TICK_NS)
    assert clip.ground_z_m == pytest.approx(GROUND_Z_M, abs=0.05)
    assert clip.attributes == {"weather": "dry", "seed": 0}
    assert (clip.poster_camera, clip.poster_index) == ("front", 1)


def test_the_storage_holds_these_files_and_no_others(folder: Path, do_import, stored: Path) -> None:
    clip = do_import(folder).clip
    below = files_below(stored / clip.storage_prefix)
    assert below == sorted(
        ["manifest.json.gz", "trajectory.bin"]
        + [f"images/{camera}/{index}.jpg" for camera in (0, 1) for index in range(3)]
        + [f"thumbnails/{camera}/{index}.jpg" for camera in (0, 1) for index in range(3)]
        + [f"sweeps/{index}.las1" for index in range(3)]
    )
    assert [path.split("/")[0] for path in files_below(stored)] == [clip.storage_prefix] * len(
        below
    )
    sizes = sum(path.stat().st_size for path in stored.rglob("*") if path.is_file())
    assert clip.stored_bytes == sizes


def test_pictures_are_stored_as_they_were_recorded(folder: Path, do_import, stored: Path) -> None:
    clip = do_import(folder).clip
    recorded = sorted((folder / "images" / "rear").iterdir())
    for index, path in enumerate(recorded):
        kept = stored / clip.storage_prefix / "images" / "1" / f"{index}.jpg"
        assert kept.read_bytes() == path.read_bytes()


def test_sweeps_are_stored_in_the_world_with_one_scale_of_intensity(
    folder: Path, do_import, stored: Path
) -> None:
    clip = do_import(folder).clip
    for index in range(3):
        points = decode_sweep((stored / clip.storage_prefix / f"sweeps/{index}.las1").read_bytes())
        recorded = np.load(folder / "sweeps" / f"{index}.npy").astype(np.float64)
        expected = recorded[:, :3] + [index * 1.0, 0.0, 0.0]  # the ego drove a metre a tick
        np.testing.assert_allclose(points.positions_m, expected, atol=1e-5)
        assert points.intensity is not None
        assert points.intensity.max() == 1.0
        ratio = points.intensity[recorded[:, 3] < 200] * 255
        np.testing.assert_allclose(ratio, recorded[recorded[:, 3] < 200, 3], rtol=0.03)


@pytest.mark.parametrize("frame", ["lidar", "world"])
def test_a_sweep_is_placed_by_its_frame(folder: Path, do_import, stored: Path, frame: str) -> None:
    clip_json = json.loads((folder / "clip.json").read_text())
    clip_json["lidars"][0]["ego_from_lidar"] = {
        "position_m": [0.5, 0.0, 2.0],
        "quat_xyzw": [0.0, 0.0, np.sqrt(0.5), np.sqrt(0.5)],  # x of the lidar is y of the ego
    }
    (folder / "clip.json").write_text(json.dumps(clip_json))
    rows = (folder / "sweeps.csv").read_text().replace(",ego", f",{frame}")
    (folder / "sweeps.csv").write_text(rows)
    clip = do_import(folder).clip
    points = decode_sweep((stored / clip.storage_prefix / "sweeps/2.las1").read_bytes())
    x, y, z = np.load(folder / "sweeps" / "2.npy").astype(np.float64)[:, :3].T
    expected = np.c_[x, y, z] if frame == "world" else np.c_[-y + 0.5 + 2.0, x, z + 2.0]
    np.testing.assert_allclose(points.positions_m, expected, atol=1e-5)


def test_the_trajectory_is_stored_exactly(folder: Path, do_import, stored: Path) -> None:
    clip = do_import(folder).clip
    found = decode_trajectory((stored / clip.storage_prefix / "trajectory.bin").read_bytes())
    assert found.times_ns.tolist() == [START_NS + tick * TICK_NS for tick in range(-1, 4)]
    assert found.positions_m[:, 0].tolist() == [-1.0, 0.0, 1.0, 2.0, 3.0]


def test_points_without_a_position_are_left_out_with_a_line(folder: Path, do_import) -> None:
    path = folder / "sweeps" / "1.npy"
    points = np.load(path)
    points[:7, 1] = np.nan
    np.save(path, points)
    imported = do_import(folder)
    assert imported.warnings == ["sweeps/1.npy: 7 points without a finite position left out"]


def test_a_world_far_from_its_origin_is_said_to_be(folder: Path, do_import) -> None:
    lines = (folder / "trajectory.csv").read_text().splitlines()
    moved = [lines[0]]
    for line in lines[1:]:
        time_ns, x_m, y_m, *rest = line.split(",")
        place = [f"{float(x_m) + 691_234.5}", f"{float(y_m) + 5_334_567.1}"]
        moved.append(",".join([time_ns, *place, *rest]))
    (folder / "trajectory.csv").write_text("\n".join(moved) + "\n")
    (line,) = [line for line in do_import(folder).warnings if "origin" in line]
    assert "trajectory.csv: line " in line
    assert "in steps of 500 mm only" in line


def test_a_path_of_ten_kilometres_is_near_its_origin() -> None:
    assert far_from_origin(np.array([[0.0, 0.0, 0.0], [9000.0, -10_000.0, 30.0]])) == []


def test_label_files_become_label_sets(folder: Path, do_import) -> None:
    write_labels(folder, [cuboid("a"), cuboid("b")], source="simulation")
    clip = do_import(folder).clip
    found = {label_set.source: label_set for label_set in LabelSet.objects.filter(clip=clip)}
    assert set(found) == {"gold", "simulation"}
    ids = Label.objects.filter(label_set=found["simulation"]).values_list("label_id", flat=True)
    assert sorted(ids) == ["a", "b"]


def test_the_same_recording_twice_is_one_clip_whatever_its_name(
    folder: Path, do_import, stored: Path
) -> None:
    first = do_import(folder)
    before = files_below(stored)
    again = do_import(folder, name="another name")
    assert (again.is_new, again.clip) == (False, first.clip)
    assert Clip.objects.count() == 1
    assert LabelSet.objects.count() == 1
    assert files_below(stored) == before


def test_another_recording_is_another_clip(folder: Path, do_import, tmp_path: Path) -> None:
    do_import(folder)
    assert do_import(write_clip_folder(tmp_path / "other", seed=5)).is_new
    assert Clip.objects.count() == 2


def test_the_same_recording_in_another_project_is_another_clip(folder, do_import, cast) -> None:
    do_import(folder)
    other = do_import(folder, actor=cast["stranger"], project=cast.other_project)
    assert other.is_new


def test_labels_that_come_later_are_added_to_the_clip(folder: Path, do_import) -> None:
    clip = do_import(folder).clip
    write_labels(folder, [cuboid("later")], source="model")
    assert not do_import(folder).is_new
    assert sorted(clip.label_sets.values_list("source", flat=True)) == ["gold", "model"]


def test_a_clip_without_pictures_and_sweeps_goes_in(folder: Path, do_import, stored: Path) -> None:
    rows = (folder / "images.csv").read_text().splitlines()
    (folder / "images.csv").write_text(
        "\n".join([rows[0], *(row.rsplit(",", 1)[0] + "," for row in rows[1:])])
    )
    (folder / "sweeps.csv").unlink()
    clip = do_import(folder).clip
    assert (clip.image_count, clip.picture_count, clip.sweep_count) == (6, 0, 0)
    assert (clip.ground_z_m, clip.poster_url) == (None, None)
    assert clip.tick_count == 3  # the images of the first camera
    assert files_below(stored / clip.storage_prefix) == ["manifest.json.gz", "trajectory.bin"]


def test_the_stored_manifest_depends_on_the_clip_alone(
    folder: Path, do_import, stored: Path, cast
) -> None:
    first = do_import(folder).clip
    second = do_import(folder, actor=cast["stranger"], project=cast.other_project).clip
    contents = [
        (stored / clip.storage_prefix / "manifest.json.gz").read_bytes() for clip in (first, second)
    ]
    assert contents[0] == contents[1]
    assert json.loads(gzip.decompress(contents[0]))["format"] == "labelapp-manifest/1"


@pytest.mark.parametrize(
    ("who", "error"),
    [("labeller", ForbiddenError), ("reviewer", ForbiddenError), ("stranger", NotFoundError)],
)
def test_who_may_not_import_does_not(folder: Path, do_import, cast, who, error, stored) -> None:
    with pytest.raises(error):
        do_import(folder, actor=cast[who])
    assert files_below(stored) == []


def test_the_command_says_what_it_did(folder: Path, cast, capsys) -> None:
    call_command("import_clip", str(folder), project="a", name="my street")
    assert "imported as clip 'my street'" in capsys.readouterr().out
    call_command("import_clip", str(folder), project="a")
    assert "already there as clip 'my street'" in capsys.readouterr().out


def test_the_command_says_which_files_it_ignored(folder: Path, cast, capsys) -> None:
    (folder / "notes.txt").write_text("x")
    call_command("import_clip", str(folder), project="a")
    assert "notes.txt: not named by the clip, ignored" in capsys.readouterr().err


def test_the_command_imports_the_right_ones_and_refuses_the_wrong_ones(
    folder: Path, tmp_path: Path, cast
) -> None:
    wrong = write_clip_folder(tmp_path / "wrong", seed=9)
    edit_json(wrong / "clip.json", format="labelapp-clip/9")
    with pytest.raises(CommandError) as caught:
        call_command("import_clip", str(wrong), str(folder), project="a")
    message = str(caught.value)
    assert f"{wrong} was refused, nothing of it was kept" in message
    assert 'clip.json: format: expected "labelapp-clip/1", found "labelapp-clip/9"' in message
    assert Clip.objects.get().name == "street"


def test_an_unknown_project_is_a_sentence(folder: Path, cast) -> None:
    with pytest.raises(CommandError, match=r"There is no project .c.; there are: a, b\."):
        call_command("import_clip", str(folder), project="c")
