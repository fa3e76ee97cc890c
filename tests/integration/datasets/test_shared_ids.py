"""Labels of two layers that have one id stay two tracks where a format knows no layers."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from pyarrow import feather

from labelapp.clips.services import clip_import
from labelapp.common import jobs
from labelapp.datasets.services import version_export
from labelapp.datasets.versions.freezing import version_freeze
from labelapp.datasets.versions.managing import dataset_create
from tests.integration.clip_folders import cuboid, write_clip_folder, write_labels

pytestmark = pytest.mark.django_db(transaction=True)


def test_tracks_of_argoverse_are_told_apart_though_layers_share_an_id(
    tmp_path: Path, cast, ontology, file_of
) -> None:
    folder = write_clip_folder(tmp_path / "street")
    write_labels(folder, [cuboid("a"), cuboid("b")])
    other = cuboid("a", **{"class": "van"})
    other["keyframes"][0]["position_m"] = [20.0, 3.0, 0.5]
    write_labels(folder, [other], layer="others")
    clip_import(actor=None, project=cast.project, folder=folder, progress=lambda *_: None)
    dataset = dataset_create(actor=None, project=cast.project, name="streets")
    query = {"layers": ["objects", "others"], "sources": ["gold"]}
    version = version_freeze(actor=None, dataset=dataset, query=query, split=None, spec=None)
    export = version_export(
        actor=None, version=version, formats=["argoverse2"], include_card=False, send=False
    )
    jobs.run(export.job_id)
    export.refresh_from_db()
    assert export.job.state == jobs.JobState.DONE, export.job.message
    with zipfile.ZipFile(io.BytesIO(file_of(export, "argoverse2.zip"))) as archive:
        name = next(n for n in archive.namelist() if n.endswith("annotations.feather"))
        table = feather.read_table(io.BytesIO(archive.read(name)))
    pairs = {*zip(table["track_uuid"].to_pylist(), table["category"].to_pylist(), strict=True)}
    assert {("a", "car"), ("b", "car")} < pairs
    assert len(pairs) == len({track for track, _ in pairs}) == 3
    manifest = json.loads(file_of(export, "manifest.json"))
    assert manifest["fields_lost"]["argoverse2"]["id"] == 1
    assert any("track_uuid" in sentence for sentence in manifest["report"]["argoverse2"])
