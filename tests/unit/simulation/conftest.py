"""One small simulated clip with truth, shared by the tests that only look at it."""

from pathlib import Path

import pytest

from projection.io import ClipFolder, read_clip_folder
from simulation import make_clip
from simulation.lidar import Lidar

SMALL_LIDAR = Lidar(beams=16, columns=256)


@pytest.fixture(scope="session")
def clip_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of two ticks with tiny pictures, its instance pictures and ranges."""
    out = tmp_path_factory.mktemp("simulated") / "clip"
    make_clip(out, seed=3, ticks=2, tick_s=1.0, width=120, truth=True, lidar=SMALL_LIDAR)
    return out


@pytest.fixture(scope="session")
def clip(clip_path: Path) -> ClipFolder:
    """The same clip as it is read back."""
    return read_clip_folder(clip_path)
