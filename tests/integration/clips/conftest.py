"""Clips in a storage of the test's own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from labelapp.clips.services import ImportedClip, clip_import
from tests.integration.clip_folders import write_clip_folder
from tests.integration.files import storages_in


@pytest.fixture(autouse=True)
def stored(tmp_path: Path, settings) -> Path:
    """The folder that the storage of clips is in."""
    folder = tmp_path / "stored"
    settings.STORAGES = storages_in(folder, settings.STORAGES)
    return folder / "clips"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A right clip folder."""
    return write_clip_folder(tmp_path / "street")


@pytest.fixture
def do_import(cast) -> Callable[..., ImportedClip]:
    """Imports a folder into project A as its engineer."""

    def run(folder: Path, **options) -> ImportedClip:
        options = {"actor": cast["engineer"], "project": cast.project, **options}
        return clip_import(folder=folder, progress=lambda *_: None, **options)

    return run
