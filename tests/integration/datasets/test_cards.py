"""Cards of versions: counted from projected targets, kept by content, made once."""

import base64
import hashlib
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow.parquet as pq
import pytest
from PIL import Image

from labelapp.clips.models import Clip
from labelapp.common import jobs
from labelapp.common.jobs import Job, JobState
from labelapp.common.storage import list_folders, read_all, walk
from labelapp.datasets.cards import making
from labelapp.datasets.models import DatasetCard, DatasetVersion, Export
from labelapp.datasets.services import card_ensure, version_export
from labelapp.datasets.storage import card_prefix, export_storage
from labelapp.datasets.versions.freezing import version_freeze
from labelapp.datasets.versions.managing import dataset_create

pytestmark = pytest.mark.django_db(transaction=True)
QUERY = {"layers": ["objects"], "sources": ["gold"]}


@pytest.fixture
def version(clip, cast, ontology) -> DatasetVersion:
    Clip.objects.filter(pk=clip.pk).update(
        origin={"latitude_deg": 48.1, "longitude_deg": 11.6, "altitude_m": None}
    )
    dataset = dataset_create(actor=None, project=cast.project, name="streets")
    return version_freeze(
        actor=None, dataset=dataset, query=QUERY, split=None, spec=None, note="<b>first</b>"
    )


def stored(version: DatasetVersion) -> bytes:
    return read_all(export_storage(), f"{card_prefix(version.content_hash)}/card.json")


def made(version: DatasetVersion) -> dict[str, Any]:
    card = card_ensure(actor=None, version=version, send=False)
    jobs.run(card.job_id)
    card.job.refresh_from_db()
    assert card.job.state == JobState.DONE, card.job.message
    return orjson.loads(stored(version))  # type: ignore[no-any-return]


def test_a_card_counts_what_an_export_has(version, file_of) -> None:
    card = made(version)
    export = version_export(actor=None, version=version, formats=["parquet"], send=False)
    jobs.run(export.job_id)
    export.refresh_from_db()
    rows = pq.read_table(io.BytesIO(file_of(export, "targets.parquet"))).to_pylist()
    assert card["every"] == 1
    assert card["targets"] == Counter(row["class"] for row in rows)
    assert card["labels"] == {"car": 3, "van": 1}
    cameras = Counter(row["camera"] for row in rows)
    assert {
        name: one["targets"] for name, one in card["cameras"].items() if one["targets"]
    } == cameras
    distances = [row["distance_m"] for row in rows if row["class"] == "car"]
    edges = [*card["histograms"]["distance"]["edges"], np.inf]
    expected = np.histogram(distances, edges)[0].tolist()
    assert card["histograms"]["distance"]["classes"]["car"] == expected
    # A box covers at least the cell of its middle, and no more of them than there are boxes.
    for name, one in card["cameras"].items():
        assert np.max(one["heat"]) <= cameras.get(name, 0)
    (place,) = card["places"]
    assert place["way_deg"][0] == pytest.approx([11.6, 48.1], abs=0.01)
    assert not list_folders(export_storage(), card_prefix(version.content_hash))


def test_examples_are_pictures_with_targets_drawn(version) -> None:
    card = made(version)
    assert card["examples"]
    for one in card["examples"]:
        with Image.open(io.BytesIO(base64.b64decode(one["jpeg"]))) as picture:
            assert picture.width <= 640
            assert one["targets"] >= 1


def test_a_card_is_made_once_for_a_content_and_again_after_it_failed(version) -> None:
    first = card_ensure(actor=None, version=version, send=False)
    assert card_ensure(actor=None, version=version, send=False).job_id == first.job_id
    jobs.cancel(first.job_id)
    second = card_ensure(actor=None, version=version, send=False)
    assert second.job_id != first.job_id
    assert DatasetCard.objects.count() == 1


def test_a_killed_worker_costs_no_piece_that_was_whole(version, monkeypatch) -> None:
    whole = made(version)
    DatasetCard.objects.all().delete()
    real, counted = making.piece_ensure, 0

    def dies_at_second(*args: Any, **options: Any) -> object:
        nonlocal counted
        counted += 1
        if counted == 2:
            raise KeyboardInterrupt
        return real(*args, **options)

    card = card_ensure(actor=None, version=version, send=False)
    with monkeypatch.context() as patched:
        patched.setattr(making, "piece_ensure", dies_at_second)
        with pytest.raises(KeyboardInterrupt):
            jobs.run(card.job_id)
    kept = list(walk(export_storage(), f"{card_prefix(version.content_hash)}/pieces"))
    assert len(kept) == 1
    remade = []

    def counts(projector: Any, piece: Any, name: str, path: Path, **options: Any) -> object:
        classes = real(projector, piece, name, path, **options)
        remade.append((name, classes is not None))
        return classes

    monkeypatch.setattr(making, "piece_ensure", counts)
    card.job.refresh_from_db()
    DatasetCard.objects.all().delete()
    assert made(version) == whole
    assert [is_new for name, is_new in remade if name in kept] == [False]


def test_the_page_and_the_file_say_the_same_and_escape_what_people_wrote(version, cast) -> None:
    client = cast.client("engineer")
    url = f"/api/dataset-versions/{version.pk}/card"
    assert client.get(url).json()["state"] == "none"
    assert client.get(f"{url}/file").status_code == 409
    made(version)
    shown = client.get(url).json()
    assert shown["state"] == "done"
    file = client.get(shown["file_url"])
    assert file["Content-Disposition"] == 'attachment; filename="streets-1.html"'
    text = file.content.decode()
    assert "&lt;b&gt;first&lt;/b&gt;" in text
    assert "<b>first" not in text
    # Self-contained: nothing is fetched, nothing runs.
    assert "<script" not in text
    assert "http" not in text.replace("http-equiv", "")
    assert shown["html"].split("<section>", 1)[1] in text


def exported(version: DatasetVersion, **asked: Any) -> Export:
    export = version_export(actor=None, version=version, formats=["parquet"], send=False, **asked)
    jobs.run(export.job_id)
    export.refresh_from_db()
    assert export.job.state == JobState.DONE, export.job.message
    return export


def test_an_export_brings_the_card_along_the_same_bytes_each_time(version, cast, file_of) -> None:
    first = exported(version)
    # What the export has counted is the version's card from now on.
    url = f"/api/dataset-versions/{version.pk}/card"
    assert cast.client("engineer").get(url).json()["state"] == "done"
    again = exported(version)
    assert first.files == again.files
    manifest = json.loads(file_of(first, "manifest.json"))
    assert manifest["include_card"]
    described = {file["name"]: file for file in manifest["files"]}
    for name in ("card.json", "card.html"):
        content = file_of(first, name)
        assert described[name]["sha256"] == hashlib.sha256(content).hexdigest()
        assert described[name]["size"] == len(content)
    # Made by a job of its own it is the same.
    counted = orjson.loads(file_of(first, "card.json"))
    DatasetCard.objects.all().delete()
    assert made(version) == counted
    page = file_of(first, "card.html").decode()
    assert page == cast.client("engineer").get(f"{url}/file").content.decode()
    assert list_folders(export_storage(), str(first.pk)) == [Path(first.files_prefix).name]


def test_an_export_leaves_the_card_out_where_nobody_wants_it(version, cast, file_of) -> None:
    url = f"/api/dataset-versions/{version.pk}/exports"
    body = {"formats": ["parquet"], "include_card": False}
    export_id = cast.client("engineer").send("POST", url, body).json()["id"]
    export = Export.objects.get(pk=export_id)
    jobs.run(export.job_id)
    export.refresh_from_db()
    assert not {"card.json", "card.html"} & {file["name"] for file in export.files}
    assert not json.loads(file_of(export, "manifest.json"))["include_card"]
    assert not DatasetCard.objects.exists()


def test_an_export_that_was_killed_at_its_card_goes_on_with_the_pieces(
    version, monkeypatch
) -> None:
    whole = exported(version).files
    DatasetCard.objects.all().delete()
    real, asked = making.piece_ensure, []

    def dies_at_second(projector: Any, piece: Any, name: str, *args: Any, **options: Any) -> bool:
        if len(asked) == 1:
            raise KeyboardInterrupt
        asked.append(name)
        return real(projector, piece, name, *args, **options)

    export = version_export(actor=None, version=version, formats=["parquet"], send=False)
    with monkeypatch.context() as patched:
        patched.setattr(making, "piece_ensure", dies_at_second)
        with pytest.raises(KeyboardInterrupt):
            jobs.run(export.job_id)
    remade = {}

    def counts(projector: Any, piece: Any, name: str, *args: Any, **options: Any) -> bool:
        remade[name] = real(projector, piece, name, *args, **options)
        return remade[name]

    monkeypatch.setattr(making, "piece_ensure", counts)
    Job.objects.filter(pk=export.job_id).update(state=JobState.QUEUED)
    jobs.run(export.job_id)
    export.refresh_from_db()
    assert export.files == whole
    assert not remade.pop(asked[0])
    assert all(remade.values())
