"""What labels add to clips: the label sets of an imported folder, and fields of the manifest."""

from pathlib import Path
from typing import Any

import pytest
from label_making import cuboid

from labelapp.accounts.models import User
from labelapp.clips.models import Clip
from labelapp.clips.services import clip_import
from labelapp.common.errors import DomainError
from labelapp.labels.models import LabelEvent, LabelSet
from tests.integration.clip_folders import write_clip_folder, write_labels


@pytest.fixture
def take(cast):
    def send(folder: Path) -> Clip:
        found = clip_import(
            actor=cast["engineer"], project=cast.project, folder=folder, progress=lambda *_: None
        )
        return found.clip

    return send


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = write_clip_folder(tmp_path / "street", labels=False)
    write_labels(path, [cuboid("one"), cuboid("two")], source="gold")
    line = {"id": "kerb", "class": "kerb", "geometry": "polyline"}
    line |= {"vertices_m": [[0, 0, 0], [1, 0, 0]], "closed": False}
    write_labels(path, [line], source="simulation", layer="road")
    return path


def test_a_clips_label_files_become_label_sets(take, folder: Path) -> None:
    clip = take(folder)
    found = clip.label_sets.values_list("layer", "source", "revision", "created_by__username")
    assert list(found) == [
        ("objects", "gold", 1, "engineer"),
        ("road", "simulation", 1, "engineer"),
    ]
    assert LabelEvent.objects.count() == 3


def test_importing_the_clip_again_makes_no_label_sets(take, folder: Path) -> None:
    assert take(folder) == take(folder)
    assert LabelSet.objects.count() == 2


def test_a_label_that_cannot_be_stored_refuses_the_whole_clip(take, folder: Path) -> None:
    write_labels(folder, [cuboid("one", attributes={"count": 10**17})])
    with pytest.raises(DomainError, match=r"attributes\.count"):
        take(folder)
    assert not Clip.objects.exists()


def test_the_manifest_says_what_is_labelled(cast, ontology, take, folder: Path) -> None:
    clip = take(folder)
    manifest: dict[str, Any] = cast.client("labeller").get(f"/api/clips/{clip.pk}").json()
    assert manifest["ontology"]["id"] == str(ontology.pk)
    assert [layer["name"] for layer in manifest["ontology"]["layers"]] == ["objects", "road"]
    assert manifest["label_sets"] == (
        cast.client("labeller").get(f"/api/clips/{clip.pk}/label-sets").json()
    )
    assert [s["label_count"] for s in manifest["label_sets"]] == [2, 1]


def test_the_admin_shows_label_sets_and_events_but_changes_none(
    cast, take, folder: Path, client
) -> None:
    take(folder)
    client.force_login(User.objects.create_superuser("root"))
    for model in (LabelSet, LabelEvent):
        page = f"/admin/labels/{model.__name__.lower()}/"
        assert client.get(page).status_code == 200
        assert client.get(f"{page}{model.objects.first().pk}/change/").status_code == 200
        assert client.get(f"{page}add/").status_code == 403
        delete = f"{page}{model.objects.first().pk}/delete/"
        assert client.post(delete, {"post": "yes"}).status_code == 403
