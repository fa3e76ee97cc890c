"""Folders of several splits are unpacked into one, and numbers mean the same in each."""

import io
import json
import zipfile
from pathlib import Path

import pytest
import yaml

from labelapp.clips.services import clip_import
from labelapp.common import jobs
from labelapp.datasets.services import version_export
from labelapp.datasets.versions.freezing import version_freeze
from labelapp.datasets.versions.managing import dataset_create
from tests.integration.clip_folders import cuboid, write_clip_folder, write_labels

pytestmark = pytest.mark.django_db(transaction=True)

FORMATS = ["coco", "kitti_object", "kitti_tracking", "yolo"]


def test_splits_share_folders_and_never_a_number(cast, ontology, tmp_path: Path, file_of) -> None:
    for number in range(5):
        folder = write_clip_folder(tmp_path / f"clip{number}", name=f"clip {number}", seed=number)
        # A class that the ontology doesn't know, and that each split has only one of.
        write_labels(folder, [cuboid("a"), cuboid("b", **{"class": f"airship {number}"})])
        clip_import(actor=None, project=cast.project, folder=folder, progress=lambda *_: None)
    dataset = dataset_create(actor=cast["engineer"], project=cast.project, name="streets")
    version = version_freeze(
        actor=None,
        dataset=dataset,
        query={"layers": ["objects"], "sources": ["gold"]},
        split={"shares": {"train": 0.5, "val": 0.5}},
        spec=None,
    )
    clips_of = {
        split: [str(item.clip_id) for item in version.items.all() if item.split == split]
        for split in ("train", "val")
    }
    assert all(clips_of.values())
    export = version_export(actor=None, version=version, formats=FORMATS, send=False)
    jobs.run(export.job_id)
    export.refresh_from_db()
    assert export.job.state == jobs.JobState.DONE, export.job.message
    categories = [
        json.loads(file_of(export, f"{split}.coco.json"))["categories"] for split in clips_of
    ]
    assert categories[0] == categories[1]
    assert [c["name"] for c in categories[0]][-5:] == [f"airship {n}" for n in range(5)]
    contents: dict[str, bytes] = {}
    for name in FORMATS[1:]:
        for split in clips_of:
            with zipfile.ZipFile(io.BytesIO(file_of(export, f"{split}.{name}.zip"))) as archive:
                for entry in archive.namelist():
                    content = archive.read(entry)
                    # What both have is the same in both.
                    assert contents.setdefault(entry, content) == content
    yolo = yaml.safe_load(contents["yolo/data.yaml"])
    assert {split: yolo[split] for split in clips_of} == {s: f"{s}.txt" for s in clips_of}
    assert list(yolo["names"].values()) == [c["name"] for c in categories[0]]
    frames, sequences = [], []
    for split, clips in clips_of.items():
        assert len(contents[f"yolo/{split}.txt"].split()) == 6 * len(clips)
        own = contents[f"kitti_object/ImageSets/{split}.txt"].decode().split()
        assert len(own) == 6 * len(clips)
        frames += own
        named = contents[f"kitti_tracking/sequences.{split}.txt"].decode().splitlines()
        assert len(named) == 2 * len(clips)
        sequences += [line.split()[0] for line in named]
    assert frames == [f"{number:06d}" for number in range(30)]
    assert sequences == [f"{number:04d}" for number in range(10)]
    for frame in frames:
        assert f"kitti_object/training/label_2/{frame}.txt" in contents
    for sequence in sequences:
        assert f"kitti_tracking/training/label_02/{sequence}.txt" in contents
