"""Telling that an export is over: whoever asked for it, and webhooks."""

from typing import Literal

from labelapp.datasets.models import Export
from labelapp.notices.services import happened, notify


def export_tell(export: Export, event: Literal["export.done", "export.failed"]) -> None:
    """Say what became of an export, with the present transaction."""
    slug = export.project.slug
    if export.created_by_id is not None:
        how = "is ready" if event == "export.done" else "failed"
        what = f" of {export.layer}" if export.layer else ""
        text = f"Your export{what} {how}."
        link = f"/projects/{slug}/exports"
        notify(user_ids=[export.created_by_id], kind=event, text=text, link=link)
    happened(
        project=export.project,
        event=event,
        subject={
            "export": {"id": export.pk, "layer": export.layer, "formats": export.formats},
        },
    )
