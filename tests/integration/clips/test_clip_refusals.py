"""A wrong folder is refused with a sentence, and nothing of it stays behind."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from labelapp.clips import writing
from labelapp.clips.errors import ClipFolderError
from labelapp.clips.models import Clip
from labelapp.common.errors import DomainError
from labelapp.labels.models import LabelSet
from tests.integration.clip_folders import (
    START_NS,
    cuboid,
    edit_json,
    edit_rows,
    picture,
    write_labels,
)
from tests.integration.files import files_below

pytestmark = pytest.mark.django_db

FIRST = f"images/front/{START_NS}.jpg"


def missing_image(folder: Path) -> None:
    (folder / FIRST).unlink()


def image_of_wrong_size(folder: Path) -> None:
    (folder / FIRST).write_bytes(picture(1, size=(48, 64)))


def not_an_image(folder: Path) -> None:
    (folder / FIRST).write_text("<html>404</html>")


def truncated_image(folder: Path) -> None:
    content = (folder / FIRST).read_bytes()
    (folder / FIRST).write_bytes(content[: len(content) // 2])


def png_called_jpg(folder: Path) -> None:
    (folder / FIRST).write_bytes(picture(1, kind="PNG"))


def bomb(folder: Path) -> None:
    clip = json.loads((folder / "clip.json").read_text())
    clip["cameras"][0] |= {"width": 30000, "height": 30000}
    (folder / "clip.json").write_text(json.dumps(clip))
    Image.new("1", (30000, 30000)).save(folder / "images" / "front" / "bomb.png")
    edit_rows(
        folder / "images.csv",
        lambda rows: [["front", str(START_NS), "images/front/bomb.png"], *rows[3:]],
    )


def unknown_model(folder: Path) -> None:
    clip = json.loads((folder / "clip.json").read_text())
    clip["cameras"][1]["model"] = "telescope"
    (folder / "clip.json").write_text(json.dumps(clip))


def poses_that_end_early(folder: Path) -> None:
    edit_rows(folder / "trajectory.csv", lambda rows: rows[:3])


def poses_that_miss_the_last_lines(folder: Path) -> None:
    """The rolling shutter's read-out takes 4.7 ms: the poses cover the first line, not the last."""
    last_ns = START_NS + 2 * 100_000_000 + 7_000_000

    def cut(rows: list[list[str]]) -> list[list[str]]:
        kept = [row for row in rows if int(row[0]) <= last_ns]
        return [*kept, [str(last_ns + 1_000_000), *rows[-1][1:]]]

    edit_rows(folder / "trajectory.csv", cut)


def pose_that_is_nan(folder: Path) -> None:
    edit_rows(folder / "trajectory.csv", lambda rows: rows[1].__setitem__(1, "nan"))


def intrinsics_that_are_nan(folder: Path) -> None:
    text = (folder / "clip.json").read_text().replace('"fx": 40.0', '"fx": NaN', 1)
    (folder / "clip.json").write_text(text)


def path_upwards(folder: Path) -> None:
    (folder.parent / "secret.jpg").write_bytes(picture(1))
    edit_rows(folder / "images.csv", lambda rows: rows[0].__setitem__(2, "../secret.jpg"))


def absolute_path(folder: Path) -> None:
    (folder.parent / "secret.jpg").write_bytes(picture(1))
    path = str(folder.parent / "secret.jpg")
    edit_rows(folder / "images.csv", lambda rows: rows[0].__setitem__(2, path))


def link_out(folder: Path) -> None:
    (folder.parent / "secret.jpg").write_bytes(picture(1))
    (folder / FIRST).unlink()
    (folder / FIRST).symlink_to(folder.parent / "secret.jpg")


def linked_folder_out(folder: Path) -> None:
    (folder / "images" / "front").rename(folder.parent / "front")
    (folder / "images" / "front").symlink_to(folder.parent / "front")


def sweep_that_is_text(folder: Path) -> None:
    (folder / "sweeps" / "1.npy").write_text("1 2 3")


def sweep_that_was_cut_off(folder: Path) -> None:
    content = (folder / "sweeps" / "1.npy").read_bytes()
    (folder / "sweeps" / "1.npy").write_bytes(content[: len(content) // 2])


def sweep_of_two_columns(folder: Path) -> None:
    np.save(folder / "sweeps" / "1.npy", np.zeros((5, 2), dtype=np.float32))


def sweep_that_runs_code(folder: Path) -> None:
    array = np.array([{"a": 1}], dtype=object)
    np.save(folder / "sweeps" / "1.npy", array, allow_pickle=True)


def label_that_is_wrong(folder: Path) -> None:
    write_labels(folder, [cuboid(), cuboid("b", size_m=[1.0, -1.0, 1.0])])


def label_file_that_is_no_json(folder: Path) -> None:
    (folder / "labels" / "x.json").write_text("{")


def label_with_a_nul(folder: Path) -> None:
    write_labels(folder, [cuboid("a\0b")])


def name_with_a_nul(folder: Path) -> None:
    edit_json(folder / "clip.json", name="a\0b")


def name_of_a_megabyte(folder: Path) -> None:
    edit_json(folder / "clip.json", name="a" * 1_000_000)


def attribute_with_a_lone_surrogate(folder: Path) -> None:
    edit_json(folder / "clip.json", attributes={"note": "\ud800"})


def empty_folder(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()


def zip_of_nothing(folder: Path) -> None:
    empty_folder(folder)
    folder.rmdir()
    with zipfile.ZipFile(folder, "w"):
        pass


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            missing_image,
            rf"images.csv: .*path: expected a file that exists, found nothing at {FIRST}",
        ),
        (
            image_of_wrong_size,
            rf"{FIRST}: expected 64 x 48 pixels as its camera has, found 48 x 64",
        ),
        (not_an_image, rf"{FIRST}: expected a JPEG picture, found something else"),
        (
            truncated_image,
            rf"{FIRST}: expected a whole JPEG picture, found one that can't be decoded",
        ),
        (png_called_jpg, rf"{FIRST}: expected a JPEG picture as its name says, found PNG"),
        (bomb, r"bomb.png: expected 30000 x 30000 pixels, found a picture too big to be decoded"),
        (unknown_model, r'clip.json: cameras\[1\] \(rear\): model: expected .*, found "telescope"'),
        (poses_that_end_early, r"images.csv: front, time_ns: expected a time that the trajectory"),
        (poses_that_miss_the_last_lines, r"images.csv: rear, time_ns: .*the last line read out"),
        (pose_that_is_nan, r'trajectory.csv: line 3, x_m: expected a finite number, found "nan"'),
        (intrinsics_that_are_nan, r"clip.json: .*NaN"),
        (
            path_upwards,
            r"images.csv: line 2, path: expected a path inside the clip's folder, found",
        ),
        (absolute_path, r"images.csv: line 2, path: expected a relative path, found /"),
        (link_out, r"path: expected a path inside the clip's folder, found a link that leaves it"),
        (linked_folder_out, r"path: expected a path inside the clip's folder, found a link that"),
        (sweep_that_is_text, r"sweeps/1.npy: expected a NumPy array of numbers, found"),
        (sweep_that_was_cut_off, r"sweeps/1.npy: expected "),
        (sweep_of_two_columns, r"sweeps/1.npy: expected at least 3 columns \(x, y, z\), found 2"),
        (sweep_that_runs_code, r"sweeps/1.npy: expected a NumPy array of numbers, found"),
        (
            label_that_is_wrong,
            r"labels/objects-gold.json: labels\[1\]: .*size_m: expected three numbers",
        ),
        (label_file_that_is_no_json, r"labels/x.json: line 1, column 2: expected valid JSON"),
        (label_with_a_nul, r"labels.*U\+0000"),
        (name_with_a_nul, r"clip.json: name: expected 1 to 200 printable characters"),
        (name_of_a_megabyte, r"clip.json: name: expected 1 to 200 printable characters"),
        (attribute_with_a_lone_surrogate, r"clip.json: expected texts of Unicode"),
        (empty_folder, r"clip.json: expected the file, found nothing"),
        (zip_of_nothing, r"expected a clip folder, found none"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_folder_is_refused_with_a_sentence_and_leaves_nothing(
    folder: Path, do_import, stored: Path, spoil: Callable[[Path], None], sentence: str
) -> None:
    spoil(folder)
    with pytest.raises(ClipFolderError, match=sentence) as caught:
        do_import(folder)
    assert "Traceback" not in caught.value.message
    assert len(caught.value.message) < 2000
    assert not Clip.objects.exists()
    assert files_below(stored) == []


def test_the_same_folder_unspoilt_is_taken(folder: Path, do_import) -> None:
    assert do_import(folder).is_new


def test_several_broken_files_are_named_at_once(folder: Path, do_import) -> None:
    not_an_image(folder)
    sweep_of_two_columns(folder)
    with pytest.raises(ClipFolderError) as caught:
        do_import(folder)
    assert [line.split(":")[0] for line in caught.value.details["defects"]] == [
        FIRST,
        "sweeps/1.npy",
    ]


@pytest.mark.parametrize(
    ("layer", "label_id", "sentence"),
    [
        ("No Layer", "a", 'layer: expected a name .*found "No Layer"'),
        ("objects", "a" * 5000, "id"),
    ],
)
def test_a_label_set_that_cannot_be_kept_takes_the_clip_with_it(
    folder: Path, do_import, stored: Path, layer: str, label_id: str, sentence: str
) -> None:
    """The format is right, but the product has no such layers or ids."""
    write_labels(folder, [cuboid(label_id)], layer=layer)
    with pytest.raises(DomainError, match=sentence):
        do_import(folder)
    assert not Clip.objects.exists()
    assert not LabelSet.objects.exists()
    assert files_below(stored) == []


def test_a_file_that_changes_during_the_import_is_noticed(
    folder: Path, do_import, stored: Path, monkeypatch
) -> None:
    read = writing.read_picture

    def read_after_a_change(path: Path) -> bytes:
        if path.name == Path(FIRST).name:
            path.write_bytes(picture(77))
        return read(path)

    monkeypatch.setattr(writing, "read_picture", read_after_a_change)
    with pytest.raises(ClipFolderError, match=rf"{FIRST}: .*it was changed"):
        do_import(folder)
    assert not Clip.objects.exists()
    assert files_below(stored) == []


def test_a_full_disk_leaves_nothing(folder: Path, do_import, stored: Path, monkeypatch) -> None:
    def no_space(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "encode_trajectory", no_space)
    with pytest.raises(OSError, match="No space left"):
        do_import(folder)
    assert not Clip.objects.exists()
    assert files_below(stored) == []
