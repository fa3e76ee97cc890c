"""Background work of data sets."""

from labelapp.common.jobs import JobContext, job
from labelapp.datasets.building import export_build
from labelapp.datasets.models import Export
from labelapp.datasets.services import JOB_KIND


@job(JOB_KIND)
def export(context: JobContext, *, export_id: str) -> None:
    """Build an export; interrupted, it goes on from the last whole piece."""
    export_build(context, Export.objects.select_related("ontology").get(pk=export_id))
