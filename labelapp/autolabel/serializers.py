"""What requests for proposals and their answers look like in the API."""

import math
from typing import Any

import numpy as np
from rest_framework import serializers

from autolabel.sighting import Box
from labelapp.labels.serializers import LabelField

#: Farther from the origin than this is no place of a clip, metres.
_FARTHEST_M = 1e6
_LARGEST_M = 100.0
#: Keyframes of one object that are sent along, at most.
_MOST_ANCHORS = 500


class Number(serializers.FloatField):
    """A finite number: JSON's parser may let others through."""

    def to_internal_value(self, data: Any) -> float:
        """Return the number."""
        value = super().to_internal_value(data)
        if isinstance(data, bool) or not math.isfinite(value):
            raise serializers.ValidationError("expected a finite number")
        return value


class TimeField(serializers.RegexField):
    """Nanoseconds as text; JavaScript's numbers lose some."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(r"^-?[0-9]{1,19}\Z", **kwargs)


def _vector(count: int, **limits: Any) -> serializers.ListField:
    return serializers.ListField(child=Number(**limits), min_length=count, max_length=count)


class BoxField(serializers.Serializer[Any]):
    """A box in the world."""

    position_m = _vector(3, min_value=-_FARTHEST_M, max_value=_FARTHEST_M)
    quat_xyzw = _vector(4, min_value=-1.001, max_value=1.001)
    size_m = _vector(3, min_value=0.01, max_value=_LARGEST_M)

    def validate_quat_xyzw(self, value: list[float]) -> list[float]:
        """Refuse what is no rotation."""
        if abs(math.sqrt(sum(v * v for v in value)) - 1.0) > 1e-3:
            raise serializers.ValidationError("expected a unit quaternion")
        return value


class _ProposalInput(serializers.Serializer[Any]):
    layer = serializers.CharField(max_length=64)
    time_ns = TimeField()

    def get_fields(self) -> dict[str, Any]:
        """Add the field that Python has a word for."""
        return {**super().get_fields(), "class": serializers.CharField(max_length=64)}

    def validate_time_ns(self, value: str) -> int:
        """Return the number, if it fits into 64 bits."""
        return _nanoseconds(value)


def _nanoseconds(value: str) -> int:
    number = int(value)
    if not -(2**63) <= number < 2**63:
        raise serializers.ValidationError("expected nanoseconds that fit into 64 bits")
    return number


def _box(value: dict[str, list[float]]) -> Box:
    quat = np.array(value["quat_xyzw"])
    return Box(
        np.array(value["position_m"]), quat / np.linalg.norm(quat), np.array(value["size_m"])
    )


class BoxFitInput(_ProposalInput):
    """A click on an object."""

    point_m = _vector(3, min_value=-_FARTHEST_M, max_value=_FARTHEST_M)
    heading_rad = Number(
        required=False,
        min_value=-100.0,
        max_value=100.0,
        help_text="Direction of the object about z, as a drag along it says.",
    )
    heading_tolerance_rad = Number(
        required=False,
        min_value=math.radians(0.5),
        max_value=math.pi / 2,
        help_text="How wrong that may be, one standard deviation; 12 degrees where it is not said.",
    )
    rough = BoxField(required=False, help_text="A box drawn roughly around the object.")

    def validate_rough(self, value: dict[str, list[float]]) -> Box:
        """Return the box in arrays."""
        return _box(value)


class AnchorField(serializers.Serializer[Any]):
    """The object's box at another time, as somebody set it."""

    time_ns = TimeField()
    box = BoxField()

    def validate_time_ns(self, value: str) -> int:
        """Return the number, if it fits into 64 bits."""
        return _nanoseconds(value)

    def validate_box(self, value: dict[str, list[float]]) -> Box:
        """Return the box in arrays."""
        return _box(value)


class TrackInput(_ProposalInput):
    """A box to be followed."""

    box = BoxField()
    is_sure = serializers.BooleanField(
        required=False,
        help_text="False: the box is a guess; its size and place may be corrected.",
    )
    others = serializers.ListField(
        child=AnchorField(),
        max_length=_MOST_ANCHORS,
        required=False,
        help_text="The same object at other times, sure: the track goes through all of them.",
    )
    stream = serializers.BooleanField(
        required=False,
        help_text="Answer in lines of JSON: each sighting as it is found, then the track.",
    )

    def validate_box(self, value: dict[str, list[float]]) -> Box:
        """Return the box in arrays."""
        return _box(value)


class BoxFitOutput(serializers.Serializer[Any]):
    """A box that fits a click, or the reason why there is none."""

    box = BoxField(allow_null=True)
    confidence = serializers.FloatField(help_text="How likely the box is right, 0 to 1.")
    is_static = serializers.BooleanField(
        allow_null=True, help_text="Whether the object stands still; null: no other sweep tells."
    )
    reason = serializers.CharField(allow_null=True, help_text="Why there is no box.")
    used_points = serializers.IntegerField(help_text="How many points lie in the box.")


class TrackOutput(serializers.Serializer[Any]):
    """The track of a box through the clip: a proposal, nothing is saved."""

    label = LabelField()  # type: ignore[assignment]  # a field so called
    confidence = serializers.ListField(
        child=serializers.FloatField(), help_text="Of each keyframe, 0 to 1."
    )
    seen_sweeps = serializers.IntegerField(help_text="In how many sweeps it was found.")
    begins_because = serializers.CharField(help_text="Why it does not begin earlier.")
    ends_because = serializers.CharField(help_text="Why it does not end later.")
