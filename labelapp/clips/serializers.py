"""What clips look like in the API, see ``docs/api.md``."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labelapp.clips.extensions import manifest_parts
from labelapp.clips.models import Clip
from labelapp.common.jobs import JobState
from labelapp.projects.serializers import ProjectOutput

_NUMBERS = {"type": "array", "items": {"type": "number"}}


class ClipOutput(serializers.Serializer[Any]):
    """A clip in a list."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    duration_s = serializers.FloatField()
    camera_count = serializers.IntegerField()
    image_count = serializers.IntegerField()
    sweep_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    poster_url = serializers.SerializerMethodField()

    @extend_schema_field({"type": "string", "nullable": True})
    def get_poster_url(self, clip: Clip) -> str | None:
        """Return the address of a small picture, None for a clip without pictures."""
        return clip.poster_url


@extend_schema_field(
    {
        "type": "object",
        "properties": {
            "position_m": {**_NUMBERS, "minItems": 3, "maxItems": 3},
            "quat_xyzw": {**_NUMBERS, "minItems": 4, "maxItems": 4},
        },
        "required": ["position_m", "quat_xyzw"],
    }
)
class TransformField(serializers.JSONField):
    """A rigid transform."""


@extend_schema_field(
    {
        "type": "object",
        "properties": {
            "type": {"type": "string", "enum": ["global", "rolling"]},
            "direction": {
                "type": "string",
                "enum": ["top_to_bottom", "bottom_to_top", "left_to_right", "right_to_left"],
            },
            "line_delay_ns": {"type": "number"},
        },
        "required": ["type"],
    }
)
class ShutterField(serializers.JSONField):
    """How a camera is read out."""


class CameraOutput(serializers.Serializer[Any]):
    """A camera as in `clip.json`, with its images; an image's index is its place in `times_ns`."""

    name = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    model = serializers.CharField()
    params = serializers.DictField()
    max_angle_rad = serializers.FloatField(required=False)
    ego_from_camera = TransformField()
    shutter = ShutterField()
    calibration_hash = serializers.CharField()
    times_ns = serializers.ListField(child=serializers.CharField())
    has_picture = serializers.ListField(child=serializers.BooleanField())


class LidarOutput(serializers.Serializer[Any]):
    """A lidar as in `clip.json`."""

    name = serializers.CharField()
    ego_from_lidar = TransformField()
    fields = serializers.ListField(child=serializers.CharField(), required=False)  # type: ignore[assignment]  # a field so called


class SweepOutput(serializers.Serializer[Any]):
    """A sweep; its index is its place in the list."""

    lidar = serializers.CharField()
    time_ns = serializers.CharField()
    point_count = serializers.IntegerField()
    tile_count = serializers.IntegerField(
        help_text="0: one file has all points; else tiles have, and the file some of them"
    )


class OriginOutput(serializers.Serializer[Any]):
    """Where on Earth a clip's world has its origin."""

    latitude_deg = serializers.FloatField()
    longitude_deg = serializers.FloatField()
    altitude_m = serializers.FloatField(allow_null=True)


class ClipManifestOutput(serializers.Serializer[Any]):
    """All that is known of a clip without its pictures, points and labels."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    project = serializers.SerializerMethodField()
    start_ns = serializers.CharField()
    end_ns = serializers.CharField()
    ticks_ns = serializers.ListField(child=serializers.CharField())
    cameras = CameraOutput(many=True)
    lidars = LidarOutput(many=True)
    sweeps = SweepOutput(many=True)
    origin = OriginOutput(allow_null=True)
    attributes = serializers.DictField()
    ground_z_m = serializers.FloatField(allow_null=True)

    @extend_schema_field(ProjectOutput)
    def get_project(self, manifest: dict[str, Any]) -> dict[str, Any]:
        """Return the project and the caller's role in it."""
        project: dict[str, Any] = manifest["project"]
        return project

    def get_fields(self) -> dict[str, Any]:
        """Return the fields above and those that other apps registered."""
        return super().get_fields() | {
            name: part.field() for name, part in manifest_parts().items()
        }


class CloudProgressOutput(serializers.Serializer[Any]):
    """How far the making of a static cloud is."""

    done = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)
    rate_per_s = serializers.FloatField(allow_null=True)
    eta_s = serializers.FloatField(allow_null=True)


class StaticCloudOutput(serializers.Serializer[Any]):
    """A clip's static cloud: the one there is, and the state of the job that makes the next one."""

    state = serializers.ChoiceField(
        choices=[*JobState.choices, ("missing", "Nobody asked for it"), ("no_sweeps", "No points")]
    )
    url = serializers.CharField(allow_null=True, help_text="of its tileset, null while none is")
    version = serializers.CharField()
    point_count = serializers.IntegerField()
    moved_count = serializers.IntegerField(help_text="points left out since something moved there")
    tile_count = serializers.IntegerField()
    stored_bytes = serializers.IntegerField()
    message = serializers.CharField()
    progress = CloudProgressOutput(allow_null=True)
