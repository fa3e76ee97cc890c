"""``python -m projection``: what it writes, and what it says when something is wrong."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from clip_on_disk import IMAGES, label_set, labels, write_clip
from pycocotools.coco import COCO
from targets_on_disk import rows_of

from projection.__main__ import main

ROOT = Path(__file__).resolve().parents[4]
QUICK = {"targets": ["box2d_clipped", "mask_visible"], "cameras": ["front"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip")


def spec_file(folder: Path, document: Any) -> str:
    path = folder.parent / "spec.json"
    path.write_text(json.dumps(document))
    return str(path)


def test_it_takes_clip_json_label_files_and_a_spec(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    one.write_text(json.dumps(label_set(labels()[:1], "first")))
    two.write_text(json.dumps(label_set(labels()[1:2], "second")))
    out = tmp_path / "out"
    arguments = [str(folder / "clip.json"), str(one), str(two), "--out", str(out)]
    assert main([*arguments, "--spec", spec_file(folder, QUICK), "--workers", "1"]) == 0
    assert {(row["layer"], row["label_id"]) for row in rows_of(out)} == {
        ("first", "ahead"),
        ("second", "hidden"),
    }
    said = capsys.readouterr().out
    assert f"targets in {IMAGES} images" in said
    assert "4 chunks made: new" in said
    assert main([*arguments, "--spec", spec_file(folder, QUICK), "--workers", "1"]) == 0
    assert "4 chunks reused: nothing they depend on changed" in capsys.readouterr().out


@pytest.mark.filterwarnings("ignore:__array__ implementation")
def test_coco_reads_its_masks_and_boxes(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = [str(folder), "--out", str(out), "--format", "coco", "--quiet", "--workers", "1"]
    assert main([*arguments, "--spec", spec_file(folder, QUICK)]) == 0
    coco = COCO(str(out / "coco.json"))
    rows = {
        (row["time_ns"], row["label_id"]): row
        for row in rows_of(out)
        if row["mask_visible_px"] and row["box_clipped_u0_px"] is not None
    }
    assert len(coco.imgs) == IMAGES
    assert len(coco.anns) == len(rows)
    for annotation in list(coco.anns.values())[::11]:
        image = coco.imgs[annotation["image_id"]]
        row = rows[int(image["time_ns"]), annotation["label_id"]]
        assert coco.annToMask(annotation).sum() == annotation["area"] == row["mask_visible_px"]
        assert annotation["bbox"][0] == pytest.approx(row["box_clipped_u0_px"] + 0.5, abs=1e-3)
        assert coco.cats[annotation["category_id"]]["name"] == row["class"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere"], "nowhere: expected a clip folder, found none"),
        (["CLIP", "missing.json"], "missing.json: expected the file, found nothing"),
        (["CLIP", "--workers", "0"], "--workers: expected at least 1, found 0"),
        (["CLIP", "--spec", "SPEC"], "spec.json: targets[0]: expected one of box2d_full"),
        (["CLIP", "--spec", "SPEC", "--format", "coco"], "targets[0]: expected one of"),
        (["CLIP", "CLIP/labels/all.json", "CLIP/labels/all.json"], 'found "ahead" in two label'),
    ],
)
def test_wrong_input_gets_a_sentence_and_status_two(
    folder: Path,
    tmp_path: Path,
    arguments: list[str],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    spec = spec_file(folder, {"targets": ["boxes"]})
    given = [part.replace("CLIP", str(folder)).replace("SPEC", spec) for part in arguments]
    assert main([*given, "--out", str(tmp_path / "out")]) == 2
    complaint = capsys.readouterr().err
    assert sentence in complaint
    assert "Traceback" not in complaint
    assert not list((tmp_path / "out").glob("*")) if (tmp_path / "out").exists() else True


def test_classes_that_no_label_has_are_told(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    classes = ["car", {"name": "large", "of": ["truck", "lorry"]}, "caar"]
    head = {"targets": ["box2d_clipped"], "classes": classes, "cameras": ["front"]}
    spec = spec_file(folder, {"heads": {"cars": head, "all": {"targets": ["box2d_clipped"]}}})
    out = tmp_path / "out"
    assert main([str(folder), "--spec", spec, "--out", str(out), "--workers", "1"]) == 0
    note = 'heads.cars.classes: no label is "lorry" or "caar"'
    assert f"  {note}\n" in capsys.readouterr().out
    assert json.loads((out / "report.json").read_text())["notes"] == [note]


def test_coco_needs_a_mask_and_a_box(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = spec_file(folder, {"targets": ["outline"]})
    arguments = [str(folder), "--spec", spec, "--format", "coco", "--out", str(tmp_path / "out")]
    assert main(arguments) == 2
    expected = "targets: expected mask_visible or mask_whole, for COCO, found outline"
    assert expected in capsys.readouterr().err


def test_a_folder_that_can_t_be_written_is_told(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").write_text("a file")
    assert main([str(folder), "--out", str(tmp_path / "out"), "--workers", "1"]) == 2
    assert "out: File exists" in capsys.readouterr().err


def test_importing_the_package_loads_no_kernels_and_no_files_formats() -> None:
    code = (
        "import sys, projection, projection.__main__;"
        "print([m for m in ('numba', 'pyarrow', 'open3d', 'shapely', 'tqdm') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
