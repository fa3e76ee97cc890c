"""What data sets and their versions look like in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labelapp.datasets.formats import FORMATS
from labelapp.datasets.models import DatasetVersion, HoldOut
from labelapp.datasets.source import specs_from
from labelapp.datasets.spec_text import formats_of


class DatasetCreateInput(serializers.Serializer[Any]):
    """A new data set."""

    name = serializers.SlugField(max_length=80, help_text="lower-case words joined by - or _")
    description = serializers.CharField(max_length=10_000, allow_blank=True, default="")


class SelectionInput(serializers.Serializer[Any]):
    """What a version is made of; see docs/datasets.md."""

    query = serializers.JSONField(help_text="which label sets of which clips")
    split = serializers.JSONField(allow_null=True, default=None, help_text="null: no splits")
    spec = serializers.JSONField(
        allow_null=True, default=None, help_text="target specs; null: all that is known of labels"
    )


class FreezeInput(SelectionInput):
    """A version to be frozen."""

    note = serializers.CharField(max_length=10_000, allow_blank=True, default="")


class DeprecateInput(serializers.Serializer[Any]):
    """Why a version should not be used any more."""

    reason = serializers.CharField(max_length=10_000)


class VersionExportInput(serializers.Serializer[Any]):
    """In which formats."""

    formats = serializers.ListField(
        child=serializers.ChoiceField(choices=sorted(FORMATS)), min_length=1
    )
    include_images = serializers.BooleanField(default=False)
    include_card = serializers.BooleanField(
        default=True, help_text="the version's card comes along, as JSON and as a page"
    )


class HoldOutInput(serializers.Serializer[Any]):
    """What is to be held out."""

    kind = serializers.ChoiceField(choices=HoldOut.Kind.choices)
    what = serializers.JSONField(
        help_text='{"clip_id"}, {"attribute", "value"} or'
        ' {"latitude_deg", "longitude_deg", "radius_m"}'
    )
    reason = serializers.CharField(max_length=10_000, allow_blank=True, default="")


class HoldOutOutput(serializers.Serializer[Any]):
    """What is held out."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=HoldOut.Kind.choices)
    what = serializers.JSONField()
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField(
        source="created_by.shown_name", allow_null=True, default=None
    )


class SumsOutput(serializers.Serializer[Any]):
    """How much a version, or one of its splits, has."""

    clips = serializers.IntegerField()
    images = serializers.IntegerField()
    pictures = serializers.IntegerField()
    duration_s = serializers.FloatField()
    labels = serializers.IntegerField()
    label_sets = serializers.DictField(child=serializers.IntegerField(), help_text="by layer")
    classes = serializers.DictField(child=serializers.IntegerField())


class LeftOutOutput(serializers.Serializer[Any]):
    """Clips that the query finds and that are left out."""

    held_out = serializers.IntegerField()


class SelectionOutput(SumsOutput):
    """What would be frozen now."""

    splits = serializers.DictField(child=SumsOutput())
    held_out = serializers.IntegerField(
        required=False, help_text="clips of a hold-out, in the split for them"
    )
    alone = serializers.IntegerField(
        required=False, help_text="clips without the place or trip that splits go by"
    )
    left_out = LeftOutOutput(required=False, help_text="without splits")


class DeprecationOutput(serializers.Serializer[Any]):
    """Why and since when a version should not be used."""

    reason = serializers.CharField()
    created_at = serializers.DateTimeField()


class VersionOutput(serializers.Serializer[Any]):
    """A frozen version."""

    id = serializers.UUIDField()
    dataset_id = serializers.UUIDField()
    dataset = serializers.CharField(source="dataset.name")
    number = serializers.IntegerField()
    content_hash = serializers.CharField()
    query = serializers.JSONField()
    split = serializers.JSONField(allow_null=True)
    spec = serializers.JSONField(allow_null=True)
    sums = SelectionOutput()
    formats = serializers.SerializerMethodField(help_text="those that can hold some of the spec")
    note = serializers.CharField()
    deprecation = serializers.SerializerMethodField(help_text="null: it may be used")
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField(
        source="created_by.shown_name", allow_null=True, default=None
    )

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_formats(self, version: DatasetVersion) -> list[str]:
        """Return the formats that it can be exported in."""
        return formats_of(specs_from(version.spec))

    @extend_schema_field(DeprecationOutput(allow_null=True))
    def get_deprecation(self, version: DatasetVersion) -> dict[str, Any] | None:
        """Return why it should not be used."""
        found = getattr(version, "deprecation", None)
        return None if found is None else DeprecationOutput(found).data


class DatasetOutput(serializers.Serializer[Any]):
    """A data set, with its newest version."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField()
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField(
        source="created_by.shown_name", allow_null=True, default=None
    )
    newest = VersionOutput(allow_null=True, default=None)


class ItemOutput(serializers.Serializer[Any]):
    """A label set of a version."""

    position = serializers.IntegerField()
    clip_id = serializers.UUIDField()
    clip = serializers.CharField(source="clip.name")
    clip_content_hash = serializers.CharField(source="clip.content_hash")
    label_set_id = serializers.UUIDField()
    layer = serializers.CharField(source="label_set.layer")
    source = serializers.CharField(source="label_set.source")  # type: ignore[assignment]  # so called
    revision = serializers.IntegerField()
    ontology_id = serializers.UUIDField(allow_null=True)
    calibration_hash = serializers.CharField()
    labels_hash = serializers.CharField()
    class_counts = serializers.DictField(child=serializers.IntegerField())
    group = serializers.CharField()
    split = serializers.CharField()


class ClipCountsOutput(serializers.Serializer[Any]):
    """How many clips are different, and how."""

    added = serializers.IntegerField()
    removed = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    moved = serializers.IntegerField(help_text="to another split")


class ClassChangesOutput(serializers.Serializer[Any]):
    """How many labels of a class are different, and how."""

    added = serializers.IntegerField()
    removed = serializers.IntegerField()
    changed = serializers.IntegerField()


class NamedClipOutput(serializers.Serializer[Any]):
    """A clip."""

    clip_id = serializers.UUIDField()
    name = serializers.CharField()


class MovedClipOutput(NamedClipOutput):
    """A clip that is in another split."""

    before = serializers.CharField()
    after = serializers.CharField()


class ComparisonOutput(serializers.Serializer[Any]):
    """What is different between two versions; of each kind at most 500 clips are named."""

    is_same = serializers.BooleanField()
    is_same_spec = serializers.BooleanField()
    clips = ClipCountsOutput()
    classes = serializers.DictField(child=ClassChangesOutput())
    added = NamedClipOutput(many=True)
    removed = NamedClipOutput(many=True)
    changed = NamedClipOutput(many=True)
    moved = MovedClipOutput(many=True)
