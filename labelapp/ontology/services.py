"""Making ontology versions."""

from django.db import transaction

from labelapp.accounts.models import User
from labelapp.common.checking import FieldError
from labelapp.common.errors import InvalidError
from labelapp.ontology.models import OntologyVersion
from labelapp.ontology.schema import Ontology
from labelapp.ontology.selectors import ontology_current
from labelapp.projects.models import Project


def ontology_create(*, actor: User | None, project: Project, body: object) -> OntologyVersion:
    """Return the ontology version with this body: a new one, unless the newest says the same.

    Args:
        actor: Who makes it; None for a command.
        project: Where it will hold.
        body: The ontology as JSON, see ``docs/api.md``.

    Raises:
        InvalidError: The body has a defect; the sentence names the field.
    """
    try:
        Ontology.from_body(body)
    except FieldError as error:
        msg = f"The ontology cannot be used: {error}."
        raise InvalidError(msg, details={"field": error.field}) from error
    with transaction.atomic():
        # The project's row is locked, so that two at once cannot take the same number.
        Project.objects.select_for_update().get(pk=project.pk)
        current = ontology_current(project)
        if current is not None and current.body == body:
            return current
        version = 1 if current is None else current.version + 1
        return OntologyVersion.objects.create(
            project=project, version=version, body=body, created_by=actor
        )
