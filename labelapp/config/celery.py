"""The Celery application. Background work is a *job*: workers look for ``jobs.py`` in every app."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init
from django.conf import settings

from labelapp.datasets import warming

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labelapp.config.settings")

app = Celery("labelapp")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")


@worker_init.connect
def _bring_the_rescuer(sender: Any, **_: object) -> None:
    """Give every worker a rescuer. Not at import: models can only be imported when Django is up."""
    from labelapp.common.jobs.rescuing import Rescuer  # noqa: PLC0415

    sender.app.steps["worker"].add(Rescuer)


@worker_init.connect
def _compile(**_: object) -> None:
    """Have the kernels compiled while there is nothing to do yet."""
    if settings.COMPILE_AT_START:
        warming.begin()
