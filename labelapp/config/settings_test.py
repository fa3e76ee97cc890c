"""Settings of the tests: PostgreSQL and Redis in a new folder, and cheap password hashing."""

import os
import tempfile

if "LABELAPP_DATA_DIR" not in os.environ:
    # Test processes inherit the folder; the one that made it removes it (tests/conftest.py).
    os.environ["LABELAPP_DATA_DIR"] = tempfile.mkdtemp(prefix="labelapp-test-")
    os.environ["LABELAPP_TEST_DATA_DIR_OWNER"] = str(os.getpid())
os.environ.setdefault("LABELAPP_SECRET_KEY", "tests-only")

from labelapp.config.settings import *  # noqa: F403
from labelapp.config.settings import CELERY_BROKER_URL, STORAGES, _storage

# Tests compile what they need; most of them need none of it.
COMPILE_AT_START = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# WhiteNoise warns of a folder that is not there, and warnings are errors in tests.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405

# Test processes side by side have a database each; they have files and a broker each as well, or
# one's sweeping of what killed imports left would take another's files away.
_PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "")
if _PROCESS:
    for _name in ("default", "clips", "exports"):
        STORAGES[_name] = _storage(f"{_PROCESS}/{_name}")
    if "CELERY_BROKER_URL" not in os.environ:
        CELERY_BROKER_URL += f"?virtual_host={int(_PROCESS.removeprefix('gw')) + 1}"
