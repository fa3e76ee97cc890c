"""What all tests share: the embedded servers, and the real recordings where they are at hand."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes is the machine's business, not the code's: a busy one fails no test.
settings.register_profile("labelapp", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("labelapp")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def services() -> Iterator[None]:
    """A real PostgreSQL and Redis, as the embedded default runs them."""
    from django.conf import settings

    from labelapp.common import embedded

    with embedded.in_use(settings.DATA_DIR):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(services, django_db_modify_db_settings_parallel_suffix) -> None:
    """Have PostgreSQL running before the test database is made."""


def pytest_unconfigure(config: pytest.Config) -> None:
    if os.environ.get("LABELAPP_TEST_DATA_DIR_OWNER") == str(os.getpid()):
        shutil.rmtree(os.environ["LABELAPP_DATA_DIR"], ignore_errors=True)


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of real recordings and reference vectors, which is not part of the repository."""
    if not SHARED.is_dir():
        pytest.skip(f"no real recordings: {SHARED} does not exist")
    return SHARED


@pytest.fixture(scope="session")
def real_clips(shared_dir: Path) -> Path:
    """The folder of real clips in our own format."""
    return shared_dir / "data" / "clips"
