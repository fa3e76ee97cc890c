"""Settings of the tests: PostgreSQL and Redis in a new folder, and cheap password hashing."""

import os
import tempfile

if "LABELAPP_DATA_DIR" not in os.environ:
    # Test processes inherit the folder; the one that made it removes it (tests/conftest.py).
    os.environ["LABELAPP_DATA_DIR"] = tempfile.mkdtemp(prefix="labelapp-test-")
    os.environ["LABELAPP_TEST_DATA_DIR_OWNER"] = str(os.getpid())
os.environ.setdefault("LABELAPP_SECRET_KEY", "tests-only")

from labelapp.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# WhiteNoise warns of a folder that is not there, and warnings are errors in tests.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
