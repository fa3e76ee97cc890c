"""What goes over HTTP about imports of labels."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labelapp.clips.uploads import PART_BYTES, part_count, parts_there
from labelapp.common.jobs import JobState
from labelapp.imports.formats import FORMATS
from labelapp.imports.models import LabelImport

_RECEIVING = "receiving"


class LabelImportInput(serializers.Serializer[Any]):
    file_name = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="its end tells what kind it is"
    )
    size = serializers.IntegerField(
        min_value=1, allow_null=True, default=None, help_text="bytes of a file that is sent"
    )
    location = serializers.CharField(
        max_length=1000,
        default="",
        allow_blank=True,
        help_text="else its path below `inbox/<project>` in the storage of clips",
    )


class LabelImportRunInput(serializers.Serializer[Any]):
    dry_run = serializers.BooleanField(default=True, help_text="only say what would be imported")
    format = serializers.ChoiceField(
        choices=[*FORMATS], allow_blank=True, default="", help_text="empty: found out"
    )
    clip_id = serializers.UUIDField(
        allow_null=True, default=None, help_text="null: as the files say"
    )
    recording = serializers.CharField(
        max_length=1000, allow_blank=True, default="", help_text="one of the files' recordings"
    )
    layer = serializers.CharField(
        max_length=64,
        allow_blank=True,
        default="",
        help_text="empty: as the files say, else objects",
    )
    source = serializers.ChoiceField(  # type: ignore[assignment]  # a field of this name
        choices=["import", "model", "gold", "simulation"], default="import"
    )
    name = serializers.CharField(max_length=100, allow_blank=True, default="")
    classes = serializers.DictField(
        child=serializers.CharField(max_length=64, allow_null=True),
        default=dict,
        help_text="what classes of the files become; null: left out",
    )
    keep_classes = serializers.BooleanField(
        default=False, help_text="classes that the ontology does not know keep their names"
    )
    camera = serializers.CharField(
        max_length=100, allow_blank=True, default="", help_text="which took KITTI's images"
    )
    rate_hz = serializers.FloatField(
        min_value=1e-3, max_value=1e6, allow_null=True, default=None,
        help_text="of KITTI's frames, where they have no times",
    )  # fmt: skip


class ImportedRecordingOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    clip_id = serializers.UUIDField()
    clip = serializers.CharField()
    layer = serializers.CharField()
    label_count = serializers.IntegerField()
    geometries = serializers.DictField(child=serializers.IntegerField())
    keyframe_count = serializers.IntegerField()
    report = serializers.DictField(
        child=serializers.IntegerField(), help_text="what was odd or left out, and how often"
    )


class ImportedClassOutput(serializers.Serializer[Any]):
    layer = serializers.CharField()
    name = serializers.CharField(help_text="as the files call it")
    count = serializers.IntegerField()
    becomes = serializers.CharField(allow_null=True)
    is_settled = serializers.BooleanField(help_text="false: say what it becomes")
    is_known = serializers.BooleanField()
    suggestion = serializers.CharField(allow_null=True)


class LabelImportReportOutput(serializers.Serializer[Any]):
    format = serializers.CharField()
    recordings = ImportedRecordingOutput(many=True)
    others = serializers.ListField(
        child=serializers.CharField(), help_text="recordings that are of no clip here"
    )
    classes = ImportedClassOutput(many=True)
    is_ready = serializers.BooleanField()


class LabelImportOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    file_name = serializers.CharField()
    size = serializers.IntegerField(allow_null=True)
    part_bytes = serializers.SerializerMethodField()
    part_count = serializers.SerializerMethodField()
    parts = serializers.SerializerMethodField(help_text="numbers of those that have come")
    state = serializers.SerializerMethodField()
    message = serializers.CharField(source="job.message", default="")
    done = serializers.IntegerField(source="job.done", default=0)
    total = serializers.IntegerField(source="job.total", default=None, allow_null=True)
    is_dry_run = serializers.BooleanField()
    report = LabelImportReportOutput(allow_null=True)
    label_sets = serializers.ListField(child=serializers.UUIDField())

    @extend_schema_field(OpenApiTypes.INT)
    def get_part_bytes(self, label_import: LabelImport) -> int:  # noqa: ARG002
        """Return the size of all parts but the last."""
        return PART_BYTES

    @extend_schema_field(OpenApiTypes.INT)
    def get_part_count(self, label_import: LabelImport) -> int:
        """Return how many parts there are."""
        return 0 if label_import.size is None else part_count(label_import.size)

    @extend_schema_field({"type": "array", "items": {"type": "integer"}})
    def get_parts(self, label_import: LabelImport) -> list[int]:
        """Return which parts have come."""
        is_receiving = label_import.job_id is None and label_import.size is not None
        return parts_there(label_import.pk) if is_receiving else []

    @extend_schema_field({"type": "string", "enum": [_RECEIVING, *JobState.values]})
    def get_state(self, label_import: LabelImport) -> str:
        """Return the last job's state, or that parts are awaited."""
        return _RECEIVING if label_import.job is None else str(label_import.job.state)
