"""What all models share."""

import uuid

from django.db import models
from django.utils import timezone


class BaseModel(models.Model):
    """A row with a random UUID as its id and the moment it was made."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True


# Django looks for models here.
from labelapp.common.jobs.models import Job  # noqa: E402

__all__ = ["BaseModel", "Job"]
