"""``manage.py export``."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from labelapp.datasets.models import Export
from tests.integration.files import files_below

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clip", "ontology")]


def export(out: Path, **options) -> None:
    options = {"project": "a", "source": "gold", "here": True, **options}
    call_command("export", out=out, **options)


def test_files_and_pictures_come_into_the_folder(tmp_path: Path, capsys) -> None:
    out = tmp_path / "new" / "set"
    export(out, images=True)
    coco = json.loads((out / "coco.json").read_text())
    names = sorted(image["file_name"] for image in coco["images"])
    assert files_below(out) == sorted(
        ["coco.json", "labels.parquet", "manifest.json", "targets.parquet", *names]
    )
    assert str(out / "coco.json") in capsys.readouterr().out


def test_a_clip_is_named_by_name_or_id(tmp_path: Path, clip) -> None:
    export(tmp_path / "one", clip=["street"], formats=["coco"])
    export(tmp_path / "two", clip=[str(clip.pk)], formats=["coco"])
    assert files_below(tmp_path / "one") == ["coco.json", "manifest.json"]
    for name in ("coco.json", "manifest.json"):
        contents = [(tmp_path / folder / name).read_bytes() for folder in ("one", "two")]
        assert contents[0] == contents[1]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"project": "zzz"}, "There is no project 'zzz'; there are: a, b."),
        ({"clip": ["nowhere"]}, "No clip has the name 'nowhere' in project 'a'"),
        ({"layer": "moon"}, "has labels of layer 'moon' from 'gold'"),
    ],
)
def test_what_cannot_be_exported_is_a_sentence(tmp_path: Path, options, sentence) -> None:
    with pytest.raises(CommandError, match=sentence):
        export(tmp_path / "out", **options)
    assert not Export.objects.exists()


def test_a_folder_that_is_a_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CommandError, match="file: "):
        export(tmp_path / "file")
