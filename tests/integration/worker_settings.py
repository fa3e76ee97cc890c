"""Settings of the worker processes that tests start: the test's database, broker and folders."""

import os

from labelapp.config.settings_test import *  # noqa: F403
from labelapp.config.settings_test import DATABASES, STORAGES

DATABASES["default"]["NAME"] = os.environ["LABELAPP_TEST_DATABASE"]
for _kind in ("clips", "exports"):
    _folder = f"{os.environ['LABELAPP_TEST_FILES']}/{_kind}"
    STORAGES[_kind] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": _folder, "base_url": None},
    }
#: Jobs of kinds that only tests have.
CELERY_IMPORTS = ["tests.integration.worker_jobs"]
