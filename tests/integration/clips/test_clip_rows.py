"""Every invariant of a clip's row is held by the database."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from labelapp.clips.models import Clip

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("clip_content_once_per_project", {"content_hash": "a" * 64}),
        ("clip_content_hash_is_sha256", {"content_hash": "A" * 64}),
        ("clip_content_hash_is_sha256", {"content_hash": "abc"}),
        ("clip_storage_prefix_is_one_folder", {"storage_prefix": "a/../b"}),
        ("clip_storage_prefix_is_one_folder", {"storage_prefix": ""}),
        ("storage_prefix", {"storage_prefix": "first"}),
        ("clip_ends_after_its_start", {"start_ns": 5, "end_ns": 4}),
        ("clip_has_a_name", {"name": ""}),
        ("clip_pictures_are_images", {"picture_count": 11}),
    ],
)
def test_the_database_refuses_a_clip_that_breaks(cast, constraint, fields) -> None:
    good = {
        "project": cast.project, "name": "clip", "start_ns": 0, "end_ns": 1, "camera_count": 1,
        "image_count": 10, "picture_count": 10, "sweep_count": 0, "tick_count": 10,
        "stored_bytes": 1,
    }  # fmt: skip
    Clip.objects.create(**good, content_hash="a" * 64, storage_prefix="first")
    own = {"content_hash": "b" * 64, "storage_prefix": str(uuid.uuid4())}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Clip.objects.create(**good | own | fields)
