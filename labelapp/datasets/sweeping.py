"""Taking away what exports that are over have left in storage: dead attempts."""

from labelapp.common.jobs import FINAL_STATES
from labelapp.common.storage import delete_folder, list_folders
from labelapp.datasets.models import Export
from labelapp.datasets.storage import export_storage


def exports_sweep() -> None:
    """Delete all that lies in the folders of exports that are over, but the published files.

    Whoever is interrupted here leaves the rest to the next.
    """
    over = Export.objects.filter(has_pieces=True, job__state__in=FINAL_STATES)
    for export in over.only("pk", "files_prefix"):
        for name in list_folders(export_storage(), str(export.pk)):
            folder = f"{export.pk}/{name}"
            if folder != export.files_prefix:
                delete_folder(export_storage(), folder)
        Export.objects.filter(pk=export.pk).update(has_pieces=False)
