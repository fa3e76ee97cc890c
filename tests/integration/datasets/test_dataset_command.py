"""``manage.py dataset``: freezing from a file, listing, comparing, and sentences for mistakes."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from labelapp.datasets.models import DatasetVersion

pytestmark = pytest.mark.django_db(transaction=True)

QUERY = "query: {layers: [objects], sources: [gold]}\n"


@pytest.fixture
def write(tmp_path: Path):
    def run(text: str) -> str:
        path = tmp_path / "streets.yaml"
        path.write_text(text)
        return str(path)

    return run


def test_a_version_is_frozen_listed_and_compared(clip, ontology, write, capsys) -> None:
    call_command("dataset", "freeze", "streets", "--project", "a", "--from", write(QUERY))
    [version] = DatasetVersion.objects.all()
    said = capsys.readouterr().out
    assert f"{version.pk} {version.content_hash}" in said
    spec = QUERY + "spec: {kind: objects2d}\nsplit: {shares: {train: 0.5, val: 0.5}}\n"
    call_command("dataset", "freeze", "streets", "--project", "a", "--from", write(spec))
    call_command("dataset", "list", "--project", "a")
    said = capsys.readouterr().out
    assert "streets version 1: 1 clips" in said
    assert "streets version 2: 1 clips" in said
    call_command("dataset", "compare", "streets", "1", "2", "--project", "a")
    assert "0 added, 0 removed, 0 changed, 1 unchanged, 1 moved" in capsys.readouterr().out
    call_command("dataset", "deprecate", "streets", "1", "--project", "a", "--reason", "no splits")
    call_command("dataset", "list", "streets", "--project", "a")
    assert "deprecated: no splits" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- 1\n", "expected an object with query"),
        ("query: [", "expected YAML or JSON"),
        ("wish: 1\n", "found 'wish'"),
        ("query: {layer: objects}\n", r"query\.layer: expected one of the fields"),
        (QUERY + "split: {shares: {a: 1}}\n", r"split\.shares: expected 2 to 16 splits"),
        (QUERY + "spec: {kind: moon}\n", "spec"),
    ],
)
def test_a_wrong_file_gets_a_sentence(clip, write, text: str, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("dataset", "freeze", "streets", "--project", "a", "--from", write(text))
    assert not DatasetVersion.objects.exists()


def test_an_unknown_version_gets_a_sentence(cast) -> None:
    with pytest.raises(CommandError, match="has no version 7"):
        call_command("dataset", "deprecate", "x", "7", "--project", "a", "--reason", "y")
