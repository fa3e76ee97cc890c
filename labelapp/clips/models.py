"""The row that finds a clip; what it is made of lies in storage, see ``storage.py``."""

from urllib.parse import quote

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from labelapp.common.models import BaseModel, Job
from labelapp.projects.models import Project


class Clip(BaseModel):
    """One immutable recording. Its row exists if and only if its files are whole in storage."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="clips")
    name = models.CharField(max_length=200)
    #: SHA-256 over rig, trajectory, pictures and sweeps: the same recording has the same one.
    content_hash = models.CharField(max_length=64)
    #: Of all of its cameras; empty until somebody asks, for clips older than this column.
    calibration_hash = models.CharField(max_length=64, blank=True, default="")
    #: The folder in ``STORAGES["clips"]`` that holds its files, and nothing else's.
    storage_prefix = models.CharField(max_length=100, unique=True)
    #: The span of the trajectory.
    start_ns = models.BigIntegerField()
    end_ns = models.BigIntegerField()
    camera_count = models.PositiveIntegerField()
    image_count = models.PositiveIntegerField()
    #: How many of the images have a picture.
    picture_count = models.PositiveIntegerField()
    sweep_count = models.PositiveIntegerField()
    tick_count = models.PositiveIntegerField()
    stored_bytes = models.PositiveBigIntegerField()
    #: The picture that stands for the clip in lists: a camera's name and an image's index.
    poster_camera = models.CharField(max_length=200, blank=True)
    poster_index = models.PositiveIntegerField(default=0)
    #: Height of the ground near the ego, world frame; None where no sweep shows it.
    ground_z_m = models.FloatField(null=True, blank=True)
    origin = models.JSONField(null=True, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "content_hash"],
                name="clip_content_once_per_project",
                violation_error_message="This recording is in the project already.",
            ),
            models.CheckConstraint(
                name="clip_content_hash_is_sha256",
                condition=Q(content_hash__regex="^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="clip_storage_prefix_is_one_folder",
                condition=Q(storage_prefix__regex=r"^[a-z0-9-]+$"),
            ),
            models.CheckConstraint(
                name="clip_ends_after_its_start", condition=Q(end_ns__gte=F("start_ns"))
            ),
            models.CheckConstraint(name="clip_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="clip_pictures_are_images", condition=Q(picture_count__lte=F("image_count"))
            ),
        ]
        indexes = [
            # The list of a project's clips, newest first (CursorPagination).
            models.Index(fields=["project", "-created_at", "-id"], name="clip_list_of_project"),
            # Tasks in the order of their clips' names.
            models.Index(fields=["project", "name"], name="clip_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def duration_s(self) -> float:
        """Length of the trajectory."""
        return (self.end_ns - self.start_ns) / 1e9

    @property
    def poster_url(self) -> str | None:
        """Address of the small picture that stands for the clip, None where it has no pictures."""
        if not self.poster_camera:
            return None
        camera = quote(self.poster_camera, safe="")
        return f"/api/clips/{self.pk}/images/{camera}/{self.poster_index}?size=thumbnail"


class ClipUpload(BaseModel):
    """A clip folder that comes over HTTP as a tar file, part by part."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="clip_uploads")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    #: What to call the clip; empty: as its folder says.
    name = models.CharField(max_length=200, blank=True, default="")
    #: Of the whole tar file.
    size = models.PositiveBigIntegerField()
    #: The import; None while parts are missing.
    job = models.OneToOneField(Job, on_delete=models.PROTECT, null=True, related_name="+")
    #: What came of it.
    clip = models.ForeignKey(Clip, on_delete=models.SET_NULL, null=True, related_name="+")
    is_new = models.BooleanField(null=True)
    warnings = models.JSONField(default=list)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(name="clip_upload_has_bytes", condition=Q(size__gte=1)),
        ]

    def __str__(self) -> str:
        return f"upload of {self.size} bytes"


class StaticCloud(BaseModel):
    """A clip's static cloud: which one is in storage, and the job that makes the next one."""

    clip = models.OneToOneField(Clip, on_delete=models.CASCADE, related_name="static_cloud")
    #: The last job that makes it.
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="+")
    #: Hash of its files, which lie below ``clouds/<version>``; empty while there is none.
    version = models.CharField(max_length=32, blank=True)
    point_count = models.PositiveBigIntegerField(default=0)
    #: Points that were left out since something moved there.
    moved_count = models.PositiveBigIntegerField(default=0)
    tile_count = models.PositiveIntegerField(default=0)
    stored_bytes = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="static_cloud_version_is_a_hash",
                condition=Q(version="") | Q(version__regex="^[0-9a-f]{32}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"static cloud of {self.clip_id} ({self.version or 'none yet'})"

    @property
    def url(self) -> str | None:
        """Address of its tileset, None while there is none."""
        if not self.version:
            return None
        return f"/api/clips/{self.clip_id}/cloud/{self.version}/tileset.json"
