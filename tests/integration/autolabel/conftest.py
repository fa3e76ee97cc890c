"""A clip with objects in a storage of the test's own."""

from pathlib import Path
from typing import Any

import pytest

from labelapp.clips.models import Clip
from labelapp.clips.services import clip_import
from tests.integration.autolabel.streets import write_street
from tests.integration.files import storages_in


@pytest.fixture(autouse=True)
def stored(tmp_path: Path, settings) -> Path:
    """The folder that the storage of clips is in."""
    settings.STORAGES = storages_in(tmp_path / "stored", settings.STORAGES)
    return tmp_path / "stored" / "clips"


@pytest.fixture
def street(cast: Any, ontology: Any, tmp_path: Path) -> Clip:
    """Project A's clip of a street with a parked and a driving car."""
    folder = write_street(tmp_path / "street")
    return clip_import(
        actor=None, project=cast.project, folder=folder, progress=lambda *_: None
    ).clip
