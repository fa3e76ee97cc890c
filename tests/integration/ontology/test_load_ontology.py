"""``manage.py load_ontology``."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from labelapp.ontology.models import OntologyVersion


def test_the_default_ontology_is_loaded_without_a_file(cast, capsys) -> None:
    call_command("load_ontology", "--project", "a")
    assert capsys.readouterr().out == "Project 'a' is labelled by ontology version 1.\n"
    assert OntologyVersion.objects.get().project == cast.project


def test_a_file_is_loaded(cast, tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    car = {"name": "car", "title": "Car", "color": "#000000", "geometries": ["cuboid"]}
    layer = {"name": "objects", "title": "Objects", "classes": [car]}
    path.write_text(json.dumps({"layers": [layer]}))
    call_command("load_ontology", str(path), "--project", "a")
    assert OntologyVersion.objects.get().body["layers"] == [layer]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", "is not JSON in UTF-8"),
        (b"\xff\xfe", "is not JSON in UTF-8"),
        (b"{}", "layers: expected a list of 1 or more layers, found nothing."),
    ],
)
def test_a_bad_file_is_refused_with_a_sentence(cast, tmp_path: Path, content, sentence) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(CommandError) as caught:
        call_command("load_ontology", str(path), "--project", "a")
    assert str(caught.value).startswith(str(path))
    assert sentence in str(caught.value)
    assert not OntologyVersion.objects.exists()


def test_a_file_that_is_not_there_is_told(cast, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("load_ontology", str(tmp_path / "none.json"), "--project", "a")


def test_a_project_that_is_not_there_is_told(db: None) -> None:
    with pytest.raises(CommandError, match="There is no project 'nowhere'"):
        call_command("load_ontology", "--project", "nowhere")
