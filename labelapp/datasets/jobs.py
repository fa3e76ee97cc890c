"""Background work of data sets."""

from labelapp.common.errors import DomainError
from labelapp.common.jobs import JobContext, job
from labelapp.datasets.building import HELP_KIND, export_build
from labelapp.datasets.cards.making import card_make
from labelapp.datasets.models import DatasetVersion, Export
from labelapp.datasets.pieces import pieces_help
from labelapp.datasets.services import CARD_KIND, JOB_KIND
from labelapp.datasets.source import ExportSource
from labelapp.datasets.telling import export_tell


@job(JOB_KIND)
def export(context: JobContext, *, export_id: str) -> None:
    """Build an export; interrupted, it goes on from the last whole piece."""
    wanted = Export.objects.select_related("ontology", "project").get(pk=export_id)
    try:
        export_build(context, wanted)
    except DomainError:
        export_tell(wanted, "export.failed")
        raise


@job(HELP_KIND)
def help_project(context: JobContext, *, export_id: str, helper: str) -> None:
    """Project some of an export's images; what is not done here, the export's own job does."""
    source = ExportSource.of(Export.objects.get(pk=export_id))
    pieces_help(source, helper=int(helper), progress=context.progress)


@job(CARD_KIND)
def card(context: JobContext, *, version_id: str) -> None:
    """Count a version's targets; interrupted, it goes on from the last whole piece."""
    card_make(context, DatasetVersion.objects.get(pk=version_id))
