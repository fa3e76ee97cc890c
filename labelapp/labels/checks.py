"""Whether a label may stand in a label set: by the format, and people's also by the ontology."""

from dataclasses import dataclass

from labelapp.common.checking import MISSING, FieldError
from labelapp.labels.errors import NoOntologyError
from labelapp.labels.format_check import check_format, refuse_unknown_fields
from labelapp.labels.models import LabelSet, Source
from labelapp.labels.ontology_check import check_by_ontology
from labelapp.ontology.schema import Layer
from labelapp.ontology.selectors import ontology_now
from labelapp.projects.models import Project


def layer_of(project: Project, name: str) -> Layer | None:
    """Return a layer of the ontology that a project is labelled by now, None if it has none such.

    Raises:
        NoOntologyError: The project has no ontology at all.
    """
    ontology = ontology_now(project)
    if ontology is None:
        msg = f"Project '{project.slug}' has no ontology yet, so people cannot label in it."
        raise NoOntologyError(msg)
    return ontology.layers.get(name)


@dataclass(frozen=True, slots=True)
class LabelChecker:
    """Checks the labels of one label set.

    Attributes:
        layer: What the labels must conform to; None where unknown classes and attributes may stand,
            as they come from models, other data sets and simulators.
    """

    layer: Layer | None

    @classmethod
    def for_label_set(cls, label_set: LabelSet) -> "LabelChecker":
        """Return the checker of a label set."""
        if label_set.source != Source.HUMAN:
            return cls(None)
        project = label_set.clip.project
        layer = layer_of(project, label_set.layer)
        if layer is None:
            msg = f"The ontology of project '{project.slug}' has no layer '{label_set.layer}' now."
            raise NoOntologyError(msg)
        return cls(layer)

    def check(self, label: dict[str, object], *, label_id: str) -> None:
        """Raise ``FieldError`` with the field's path unless the label may stand."""
        if label.get("id") != label_id:
            raise FieldError("id", f'"{label_id}", the label_id', label.get("id", MISSING))
        check_format(label)
        if self.layer is not None:
            refuse_unknown_fields(label)
            check_by_ontology(label, self.layer)
