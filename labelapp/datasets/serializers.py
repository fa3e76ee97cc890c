"""What exports look like in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labelapp.common.jobs import JobState
from labelapp.datasets.formats import FORMATS
from labelapp.datasets.models import Export
from labelapp.labels.models import Source


class ExportCreateInput(serializers.Serializer[Any]):
    """What to export."""

    clip_ids = serializers.ListField(
        child=serializers.UUIDField(),
        allow_null=True,
        default=None,
        min_length=1,
        max_length=10_000,
        help_text="null: all clips that have such labels",
    )
    layer = serializers.CharField(max_length=64)
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]  # so called
    formats = serializers.ListField(
        child=serializers.ChoiceField(choices=sorted(FORMATS)), min_length=1
    )
    include_images = serializers.BooleanField(default=False)
    spec = serializers.JSONField(
        allow_null=True,
        default=None,
        help_text="a target spec (docs/targets.md); null: all that is known of labels",
    )


class JobProgressOutput(serializers.Serializer[Any]):
    """How far a job is, in images."""

    done = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)
    rate_per_s = serializers.FloatField(allow_null=True)
    eta_s = serializers.FloatField(allow_null=True)


class ExportFileOutput(serializers.Serializer[Any]):
    """A file of an export."""

    name = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    url = serializers.CharField()


class ExportVersionOutput(serializers.Serializer[Any]):
    """Which data set version an export is of."""

    id = serializers.UUIDField()
    dataset_id = serializers.UUIDField()
    dataset = serializers.CharField()
    number = serializers.IntegerField()


class ExportOutput(serializers.Serializer[Any]):
    """An export; `files` is empty until it is done."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=JobState.choices, source="job.state")
    progress = JobProgressOutput(source="job")
    message = serializers.CharField(source="job.message")
    version = serializers.SerializerMethodField(help_text="of a data set; null: of a layer")
    layer = serializers.CharField(help_text="empty: of a data set version")
    source = serializers.CharField(help_text="empty: of a data set version")  # type: ignore[assignment]  # so called
    formats = serializers.ListField(child=serializers.CharField())
    include_images = serializers.BooleanField()
    include_card = serializers.BooleanField(help_text="of the version; never of a layer")
    spec = serializers.JSONField(allow_null=True, help_text="complete; null: none was given")
    files = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    created_by = serializers.SerializerMethodField(help_text="null: a command")

    @extend_schema_field(ExportVersionOutput(allow_null=True))
    def get_version(self, export: Export) -> dict[str, Any] | None:
        """Return which data set version it is of."""
        version = export.version
        if version is None:
            return None
        return {
            "id": str(version.pk),
            "dataset_id": str(version.dataset_id),
            "dataset": version.dataset.name,
            "number": version.number,
        }

    @extend_schema_field(ExportFileOutput(many=True))
    def get_files(self, export: Export) -> list[dict[str, Any]]:
        """Return the files with their addresses."""
        return [
            {**file, "url": f"/api/exports/{export.pk}/files/{file['name']}"}
            for file in export.files
        ]

    @extend_schema_field({"type": "string", "nullable": True})
    def get_created_by(self, export: Export) -> str | None:
        """Return the name of who asked for it."""
        return export.created_by.shown_name if export.created_by else None
