"""Finding and reading ontology versions."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from labelapp.common.prepared import Prepared
from labelapp.ontology.models import OntologyVersion
from labelapp.ontology.schema import Ontology
from labelapp.projects.models import Project


def ontology_current(project: Project) -> OntologyVersion | None:
    """Return the newest ontology version of a project, None where it has none yet."""
    return OntologyVersion.objects.filter(project=project).order_by("-version").first()


_newest: Prepared[UUID] = Prepared(
    lambda project_id: (
        OntologyVersion.objects.filter(project_id=project_id)
        .order_by("-version")
        .values_list("pk", flat=True)[:1]
    ),
    project_id=UUID,
)


def ontology_now(project: Project) -> Ontology | None:
    """Return what the newest ontology version of a project says, None where it has none yet."""
    found = _newest.first(project_id=project.pk)
    return None if found is None else _parsed(found)


@lru_cache(maxsize=64)
def _parsed(ontology_version_id: UUID) -> Ontology:
    return Ontology.from_body(OntologyVersion.objects.get(pk=ontology_version_id).body)


def ontology_parsed(version: OntologyVersion) -> Ontology:
    """Return what an ontology version says; kept in memory, since versions never change."""
    return _parsed(version.pk)


def ontology_as_json(version: OntologyVersion | None) -> dict[str, Any] | None:
    """Return an ontology version as the API gives it, None for None."""
    if version is None:
        return None
    return {"id": version.pk, "version": version.version, "layers": version.body["layers"]}
