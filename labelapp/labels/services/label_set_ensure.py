"""Getting a label set, or making it."""

from labelapp.accounts.models import User
from labelapp.clips.models import Clip
from labelapp.common.errors import InvalidError
from labelapp.labels.checks import layer_of
from labelapp.labels.models import LabelSet, Source
from labelapp.labels.policies import require_save


def label_set_ensure(
    *, actor: User, clip: Clip, layer: str, source: str, name: str = ""
) -> tuple[LabelSet, bool]:
    """Return the label set of a layer, source and name of a clip, and whether it is new.

    Two callers at once get the same one: the unique constraint decides.

    Raises:
        ForbiddenError: The actor may not save labels of this source.
        InvalidError: A label set of people's work in a layer that the ontology does not have.
        NoOntologyError: The project has no ontology that people could label by.
    """
    require_save(actor, clip.project, source)
    if source == Source.HUMAN and name:
        msg = "name: people's label sets have none; a model's is named after the model."
        raise InvalidError(msg, details={"fields": {"name": [msg]}})
    if source == Source.HUMAN and layer_of(clip.project, layer) is None:
        msg = f"The project's ontology has no layer '{layer}'."
        raise InvalidError(msg, details={"fields": {"layer": [msg]}})
    return LabelSet.objects.get_or_create(
        clip=clip, layer=layer, source=source, name=name, defaults={"created_by": actor}
    )
