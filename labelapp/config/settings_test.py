"""Settings of the tests: PostgreSQL and Redis in a folder of their own, cheap password hashing."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault(
    "LABELAPP_DATA_DIR", str(Path(tempfile.gettempdir()) / f"labelapp-test-{os.getuid()}")
)
os.environ.setdefault("LABELAPP_SECRET_KEY", "tests-only")

from labelapp.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
