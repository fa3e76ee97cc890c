"""``manage.py prepare_clips --project SLUG [--clip NAME ...] [--all]``."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labelapp.clips.models import Clip
from labelapp.clips.selectors import clip_by_name
from labelapp.clips.services import static_cloud_request
from labelapp.common.errors import DomainError
from labelapp.projects.models import Project


class Command(BaseCommand):
    help = "Have workers make static clouds of clips that have none, or of those named."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--clip", action="append", default=[], metavar="NAME", help="made anew")
        parser.add_argument("--all", action="store_true", help="make all anew")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            msg = f"There is no project '{options['project']}'."
            raise CommandError(msg)
        try:
            for clip in self._chosen(project, options["clip"], is_all=options["all"]):
                static_cloud_request(actor=None, clip=clip)
                self.stdout.write(f"{clip.name}: its static cloud waits for a worker")
        except DomainError as error:
            raise CommandError(error.message) from error

    def _chosen(self, project: Project, names: list[str], *, is_all: bool) -> list[Clip]:
        if names:
            return [clip_by_name(project, name) for name in names]
        clips = Clip.objects.filter(project=project, sweep_count__gt=0)
        return list(clips if is_all else clips.exclude(static_cloud__version__gt=""))
