"""A labelled clip, and exports of it in a storage of the test's own."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labelapp.clips.models import Clip
from labelapp.clips.services import clip_import
from labelapp.common import jobs
from labelapp.common.storage import read_all
from labelapp.datasets import jobs as _jobs  # noqa: F401  says what to do for the job
from labelapp.datasets.models import Export
from labelapp.datasets.services import export_create
from labelapp.datasets.storage import export_storage
from tests.integration.clip_folders import START_NS, cuboid, write_clip_folder, write_labels
from tests.integration.files import storages_in


@pytest.fixture(autouse=True)
def stored(tmp_path: Path, settings) -> Path:
    """The folder that the storages are in."""
    settings.STORAGES = storages_in(tmp_path / "stored", settings.STORAGES)
    return tmp_path / "stored"


def moving_car(label_id: str) -> dict[str, Any]:
    """A car that drives ahead of the ego, brakes lit from the second keyframe on."""
    keyframes = [
        {
            "time_ns": str(START_NS + tick * 100_000_000),
            "position_m": [14.0 + 1.5 * tick, -2.0, 0.4],
            "quat_xyzw": [0.0, 0.0, 0.0, 1.0],
        }
        for tick in range(3)
    ]
    keyframes[1]["attributes"] = {"brake_lights": True}
    return cuboid(label_id, static=False, keyframes=keyframes, attributes={"brake_lights": False})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A clip folder: a parked car ahead, one that drives, a van behind, a box beside the camera."""
    folder = write_clip_folder(tmp_path / "street")
    beside = cuboid("d-beside")
    beside["keyframes"][0]["position_m"] = [2.0, 2.5, 0.4]
    behind = cuboid("c-behind", **{"class": "van"})
    behind["keyframes"][0]["position_m"] = [-15.0, 0.5, 0.4]
    write_labels(folder, [cuboid("a-parked"), moving_car("b-moving"), behind, beside])
    return folder


@pytest.fixture
def clip(folder: Path, cast) -> Clip:
    return clip_import(
        actor=None, project=cast.project, folder=folder, progress=lambda *_: None
    ).clip


@pytest.fixture
def do_export(cast, ontology) -> Callable[..., Export]:
    """Exports in this process, and returns the export when it is done."""

    def run(**options: Any) -> Export:
        options = {
            "actor": cast["engineer"],
            "project": cast.project,
            "clip_ids": None,
            "layer": "objects",
            "source": "gold",
            "formats": ["coco", "parquet"],
            **options,
        }
        export = export_create(**options, send=False)
        jobs.run(export.job_id)
        export.refresh_from_db()
        export.job.refresh_from_db()
        assert export.job.state == jobs.JobState.DONE, export.job.message
        return export

    return run


@pytest.fixture
def file_of() -> Callable[[Export, str], bytes]:
    def read(export: Export, name: str) -> bytes:
        return read_all(export_storage(), f"{export.files_prefix}/{name}")

    return read


@pytest.fixture
def json_of(file_of) -> Callable[[Export, str], Any]:
    return lambda export, name: json.loads(file_of(export, name))


@pytest.fixture
def unpacked(file_of, tmp_path: Path) -> Callable[[Export, str], Path]:
    """Unpacks a zip file of an export; returns the folder that its folders are in."""

    def unpack(export: Export, name: str) -> Path:
        folder = tmp_path / "unpacked" / str(export.pk)
        with zipfile.ZipFile(io.BytesIO(file_of(export, name))) as archive:
            archive.extractall(folder)
        return folder

    return unpack
