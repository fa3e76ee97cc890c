"""What goes over HTTP about imports of labels."""

from typing import Any

from rest_framework import serializers

from labelapp.clips.sent import SentFileOutput
from labelapp.imports.formats import FORMATS


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


class LabelImportOutput(SentFileOutput):
    """Labels of others: which parts have come, and what was found."""

    file_name = serializers.CharField()
    size = serializers.IntegerField(allow_null=True)
    is_dry_run = serializers.BooleanField()
    report = LabelImportReportOutput(allow_null=True)
    label_sets = serializers.ListField(child=serializers.UUIDField())
