"""What apps above add to clips, without clips knowing them: registered when Django starts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.contrib.auth.models import AnonymousUser
    from rest_framework.serializers import Field

    from labelapp.accounts.models import User
    from labelapp.clips.models import Clip
    from projection.tracks import Track

#: ``value(clip, user)``: what a field of the manifest says, as JSON.
ManifestValue: TypeAlias = "Callable[[Clip, User | AnonymousUser], Any]"


@dataclass(frozen=True, slots=True)
class ManifestPart:
    """A field of the manifest that the API sends, and how the OpenAPI schema describes it."""

    value: ManifestValue
    field: "Callable[[], Field[Any, Any, Any, Any]]"


_manifest_parts: dict[str, ManifestPart] = {}


def register_manifest_part(
    name: str, *, value: ManifestValue, field: "Callable[[], Field[Any, Any, Any, Any]]"
) -> None:
    """Add a field to the manifest that the API sends.

    Args:
        name: of the field, such as ``label_sets``.
        value: ``value(clip, user)`` returns it as JSON.
        field: returns a new serializer field that describes it in the schema.
    """
    _manifest_parts[name] = ManifestPart(value, field)


def manifest_parts() -> dict[str, ManifestPart]:
    """Return what was registered, by name."""
    return dict(_manifest_parts)


#: ``tracks(clip)``: the boxes of a clip that move, from all that is known of it.
MovingTracks: TypeAlias = "Callable[[Clip], Sequence[Track]]"

_moving_tracks: "list[MovingTracks]" = []


def register_moving_tracks(tracks: MovingTracks) -> None:
    """Have a function asked for the boxes that move, whose points no static cloud has."""
    if tracks not in _moving_tracks:
        _moving_tracks.append(tracks)


def moving_tracks(clip: "Clip") -> "list[Track]":
    """Return the boxes of a clip that move."""
    return [track for tracks in _moving_tracks for track in tracks(clip)]
