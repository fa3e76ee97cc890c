"""Data set versions: frozen, hashed, compared, deprecated, exported by split."""

import io
import uuid
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.db import IntegrityError, connection, transaction

from labelapp.clips.models import Clip
from labelapp.clips.services import clip_import
from labelapp.common import jobs
from labelapp.common.errors import InvalidError
from labelapp.datasets.errors import (
    DatasetUnchangedError,
    NothingToExportError,
    VersionDeprecatedError,
)
from labelapp.datasets.models import Dataset, DatasetItem, DatasetVersion
from labelapp.datasets.services import version_export
from labelapp.datasets.versions.comparing import versions_compare
from labelapp.datasets.versions.freezing import version_freeze
from labelapp.datasets.versions.managing import (
    dataset_create,
    hold_out_create,
    version_deprecate,
)
from labelapp.labels.models import LabelSet
from labelapp.work.models import Task
from tests.integration.clip_folders import cuboid, write_clip_folder, write_labels

pytestmark = pytest.mark.django_db(transaction=True)

QUERY: dict[str, Any] = {"layers": ["objects"], "sources": ["gold"]}
SPLIT = {"shares": {"train": 0.5, "val": 0.5}}


@pytest.fixture
def dataset(cast, ontology) -> Dataset:
    return dataset_create(actor=cast["engineer"], project=cast.project, name="streets")


@pytest.fixture
def make_labelled(cast, ontology, tmp_path: Path):
    """Imports clips with gold labels; each is another recording."""
    made = 0

    def make(name: str, labels: list[dict[str, Any]] | None = None) -> Clip:
        nonlocal made
        made += 1
        folder = write_clip_folder(tmp_path / f"clip{made}", name=name, seed=made)
        write_labels(folder, labels if labels is not None else [cuboid("a")])
        return clip_import(
            actor=None, project=cast.project, folder=folder, progress=lambda *_: None
        ).clip

    return make


@pytest.fixture
def freeze(dataset):
    def run(query: Any = None, split: Any = None, spec: Any = None, **options: Any):
        return version_freeze(
            actor=None,
            dataset=options.pop("dataset", dataset),
            query=QUERY | (query or {}),
            split=split,
            spec=spec,
            **options,
        )

    return run


def put(cast, label_set: LabelSet, label: dict[str, Any], version: int) -> None:
    operation = {
        "operation_id": str(uuid.uuid4()),
        "kind": "put",
        "label_id": label["id"],
        "base_version": version,
        "label": label,
    }
    answer = cast.client("engineer").send(
        "post",
        f"/api/label-sets/{label_set.pk}/operations",
        {"batch_id": str(uuid.uuid4()), "operations": [operation]},
    )
    assert answer.status_code == 200, answer.content


def test_what_is_frozen_stays_whatever_becomes_of_the_labels(make_labelled, freeze, cast) -> None:
    clip = make_labelled("one")
    first = freeze()
    item = first.items.get()
    assert (item.clip, item.revision, item.class_counts) == (clip, 1, {"car": 1})
    assert first.sums["labels"] == 1
    label_set = LabelSet.objects.get(clip=clip)
    put(cast, label_set, cuboid("b", **{"class": "van"}), 0)
    second = freeze()
    assert second.number == 2
    assert second.content_hash != first.content_hash
    assert second.sums["classes"] == {"car": 1, "van": 1}
    first.refresh_from_db()
    assert first.items.get().revision == 1


def test_the_same_once_more_is_refused(make_labelled, freeze) -> None:
    make_labelled("one")
    freeze()
    with pytest.raises(DatasetUnchangedError, match="since version 1"):
        freeze()


def test_the_same_content_has_the_same_hash_in_any_data_set(make_labelled, freeze, cast) -> None:
    make_labelled("one")
    other = dataset_create(actor=None, project=cast.project, name="other")
    assert freeze().content_hash == freeze(dataset=other).content_hash


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE datasets_datasetversion SET note = 'x'",
        "UPDATE datasets_datasetitem SET revision = 7",
        "DELETE FROM datasets_datasetitem",
        "DELETE FROM datasets_datasetversion",
    ],
)
def test_the_database_refuses_to_change_a_version(make_labelled, freeze, statement) -> None:
    make_labelled("one")
    freeze()
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_query_finds_by_class_attribute_and_clip(make_labelled, freeze) -> None:
    parked = cuboid("p", attributes={"parked": True})
    make_labelled("cars", [cuboid("a")])
    make_labelled("vans", [cuboid("b", **{"class": "van"})])
    third = make_labelled("parked", [parked])

    def names(version: DatasetVersion) -> list[str]:
        return [item.clip.name for item in version.items.all()]

    assert names(freeze()) == ["cars", "parked", "vans"]
    assert names(freeze({"classes": ["van"]})) == ["vans"]
    assert names(freeze({"attributes": {"parked": [True]}})) == ["parked"]
    assert names(freeze({"clip_attributes": {"seed": {"max": 2}}})) == ["cars", "vans"]
    assert names(freeze({"clips": [str(third.pk)]})) == ["parked"]
    with pytest.raises(NothingToExportError):
        freeze({"classes": ["tram"]})
    with pytest.raises(InvalidError, match=r"query.layers: expected"):
        freeze({"layers": []})


def test_accepted_work_is_frozen_as_it_was_accepted(make_labelled, freeze, cast) -> None:
    clip = make_labelled("one")
    make_labelled("not accepted")
    label_set = LabelSet.objects.get(clip=clip)
    Task.objects.create(
        project=cast.project, label_set=label_set, clip=clip, layer="objects",
        stage="accepted", state="closed", accepted_revision=1,
    )  # fmt: skip
    put(cast, label_set, cuboid("later"), 0)
    version = freeze({"stages": ["accepted"]})
    item = version.items.get()
    assert (item.clip, item.revision) == (clip, 1)


def test_splits_are_kept_as_the_data_set_grows(make_labelled, freeze) -> None:
    for number in range(6):
        make_labelled(f"clip {number}")
    first = freeze(split=SPLIT | {"stratify": "class"})
    for number in range(6, 10):
        make_labelled(f"clip {number}")
    second = freeze(split=SPLIT | {"stratify": "class"})
    assert first.split["salt"] == second.split["salt"]
    before = {item.clip_id: item.split for item in first.items.all()}
    after = {item.clip_id: item.split for item in second.items.all()}
    assert before.items() <= after.items()
    difference = versions_compare(first, second)
    assert difference["clips"] == {
        "added": 4, "removed": 0, "changed": 0, "unchanged": 6, "moved": 0,
    }  # fmt: skip
    assert difference["classes"] == {"car": {"added": 4, "removed": 0, "changed": 0}}


def test_what_is_held_out_is_never_trained_on(make_labelled, freeze, cast) -> None:
    clips = [make_labelled(f"clip {number}") for number in range(4)]
    for clip in clips[:2]:
        hold_out_create(
            actor=None, project=cast.project, kind="clip", what={"clip_id": str(clip.pk)}
        )
    split = freeze(split=SPLIT | {"held_out": "val"})
    assert {item.split for item in split.items.filter(clip__in=clips[:2])} == {"val"}
    whole = freeze()
    assert {item.clip_id for item in whole.items.all()} == {clip.pk for clip in clips[2:]}
    assert whole.sums["left_out"] == {"held_out": 2}


def test_versions_are_compared_label_by_label(make_labelled, freeze, cast) -> None:
    clip = make_labelled("one", [cuboid("a"), cuboid("b", **{"class": "van"})])
    first = freeze()
    label_set = LabelSet.objects.get(clip=clip)
    put(cast, label_set, cuboid("a", size_m=[5.0, 2.0, 1.5]), 1)
    put(cast, label_set, cuboid("c", **{"class": "bus"}), 0)
    second = freeze()
    difference = versions_compare(first, second)
    assert difference["clips"]["changed"] == 1
    assert difference["classes"] == {
        "bus": {"added": 1, "removed": 0, "changed": 0},
        "car": {"added": 0, "removed": 0, "changed": 1},
    }
    assert not difference["is_same"]
    assert versions_compare(second, first)["classes"]["bus"]["removed"] == 1


def test_a_deprecated_version_is_exported_no_more(make_labelled, freeze) -> None:
    make_labelled("one")
    version = freeze()
    version_deprecate(actor=None, version=version, reason="labels of the wrong city")
    with pytest.raises(VersionDeprecatedError, match="wrong city"):
        version_export(actor=None, version=version, formats=["parquet"])
    with pytest.raises(VersionDeprecatedError, match="already"):
        version_deprecate(actor=None, version=version, reason="again")


def test_each_split_has_files_of_its_own(make_labelled, freeze, file_of, json_of) -> None:
    for number in range(5):
        make_labelled(f"clip {number}")
    version = freeze(split=SPLIT)
    exports = [
        version_export(actor=None, version=version, formats=["coco", "parquet"], send=False)
        for _ in range(2)
    ]
    for export in exports:
        jobs.run(export.job_id)
        export.refresh_from_db()
        assert export.job.state == jobs.JobState.DONE, export.job.message
    first, second = exports
    names = [file["name"] for file in first.files]
    assert names == [
        "card.html", "card.json",
        "train.coco.json", "train.labels.parquet", "train.targets.parquet",
        "val.coco.json", "val.labels.parquet", "val.targets.parquet",
        "manifest.json",
    ]  # fmt: skip
    assert first.files == second.files  # the same bytes, to the last
    split_of = {str(item.clip_id): item.split for item in version.items.all()}
    seen = set()
    for split in ("train", "val"):
        table = pq.read_table(io.BytesIO(file_of(first, f"{split}.targets.parquet")))
        clips = set(table["clip_id"].to_pylist())
        assert {split_of[clip] for clip in clips} == {split}
        seen |= clips
    assert seen == set(split_of)
    manifest = json_of(first, "manifest.json")
    assert manifest["dataset"]["content_hash"] == version.content_hash


def test_layers_of_a_clip_are_side_by_side(make_labelled, freeze, cast, file_of) -> None:
    clip = make_labelled("one", [cuboid("a")])
    road = LabelSet.objects.create(clip=clip, layer="road", source="gold")
    ring = [[-30.0, -4.0, -0.4], [60.0, -4.0, -0.4], [60.0, 4.0, -0.4], [-30.0, 4.0, -0.4]]
    label = {"id": "a", "class": "drivable", "geometry": "polygon", "rings_m": [ring],
             "attributes": {}}  # fmt: skip
    put(cast, road, label, 0)
    version = freeze({"layers": ["objects", "road"]})
    assert version.sums["label_sets"] == {"objects": 1, "road": 1}
    export = version_export(actor=None, version=version, formats=["parquet"], send=False)
    jobs.run(export.job_id)
    export.refresh_from_db()
    table = pq.read_table(io.BytesIO(file_of(export, "targets.parquet")))
    # Both labels are called "a": the layer tells them apart.
    found = set(zip(*(table[n].to_pylist() for n in ("layer", "class", "track")), strict=True))
    assert {(layer, name) for layer, name, _ in found} == {("objects", "car"), ("road", "drivable")}
    assert len({track for _, _, track in found}) == 2


def test_freezing_asks_the_database_no_more_for_more_clips(
    make_labelled, freeze, django_assert_max_num_queries, cast
) -> None:
    def queries(name: str) -> int:
        other = dataset_create(actor=None, project=cast.project, name=name)
        with django_assert_max_num_queries(40) as found:
            freeze(dataset=other)
        return len(found)

    make_labelled("first")
    few = queries("few")
    for number in range(5):
        make_labelled(f"clip {number}")
    assert queries("many") == few
    assert DatasetItem.objects.count() == 7
