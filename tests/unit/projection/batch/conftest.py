"""The small clip, and its targets, projected once for all tests that only read them."""

from pathlib import Path

import pytest
from clip_on_disk import write_clip
from targets_on_disk import EVERYTHING

from projection.batch.run import project_clip
from projection.io import ClipFolder, read_clip_folder


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> ClipFolder:
    return read_clip_folder(write_clip(tmp_path_factory.mktemp("clip") / "small"))


@pytest.fixture(scope="session")
def projected(clip: ClipFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything there is, by one process."""
    out = tmp_path_factory.mktemp("targets")
    project_clip(clip, clip.label_sets, EVERYTHING, out, workers=1)
    return out
