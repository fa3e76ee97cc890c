"""What labels add to clips: the label sets of a clip folder, and two fields of the manifest."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser

from labelapp.accounts.models import User
from labelapp.clips.extensions import register_manifest_part, register_moving_tracks
from labelapp.clips.importing import register_label_sink
from labelapp.clips.models import Clip
from labelapp.labels.selectors import (
    label_sets_as_json,
    label_sets_visible_to,
    moving_tracks_of,
)
from labelapp.labels.services import label_set_import
from labelapp.ontology.selectors import ontology_as_json, ontology_current

if TYPE_CHECKING:
    from rest_framework.serializers import Field

    from projection.labels import LabelSet as LabelSetFile


def _take(*, clip: Clip, label_set: "LabelSetFile", actor: User | None) -> None:
    label_set_import(
        actor=actor,
        clip=clip,
        layer=label_set.layer,
        source=label_set.source,
        labels=[dict(label.spec) for label in label_set.labels],
    )


def _label_sets(clip: Clip, user: User | AnonymousUser) -> Any:  # JSON
    return label_sets_as_json(label_sets_visible_to(user).filter(clip=clip))


def _label_sets_field() -> "Field[Any, Any, Any, Any]":
    from labelapp.labels.serializers import LabelSetOutput  # noqa: PLC0415  only the schema needs it

    return LabelSetOutput(many=True)


def _ontology(clip: Clip, user: User | AnonymousUser) -> Any:  # noqa: ARG001  JSON
    return ontology_as_json(ontology_current(clip.project))


def _ontology_field() -> "Field[Any, Any, Any, Any]":
    from labelapp.ontology.serializers import OntologyOutput  # noqa: PLC0415  only the schema needs it

    return OntologyOutput(allow_null=True)


def register() -> None:
    """Have clips know what labels add."""
    register_label_sink(_take)
    register_moving_tracks(moving_tracks_of)
    # Here, as clips and ontologies do not know each other.
    register_manifest_part("ontology", value=_ontology, field=_ontology_field)
    register_manifest_part("label_sets", value=_label_sets, field=_label_sets_field)
