"""Background work of imports."""

import uuid

from labelapp.common.jobs import JobContext, job
from labelapp.imports.models import LabelImport
from labelapp.imports.services import JOB_KIND, label_import_work


@job(JOB_KIND)
def label_import(context: JobContext, *, import_id: str) -> None:
    """Read files of labels; interrupted, it begins anew."""
    imports = LabelImport.objects.select_related("project", "created_by")
    label_import_work(context, label_import=imports.get(pk=uuid.UUID(import_id)))
