"""``manage.py load_ontology``: give a project an ontology from a file."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labelapp.common.errors import InvalidError
from labelapp.ontology.services import ontology_create
from labelapp.projects.models import Project

DEFAULT_FILE = Path(__file__).resolve().parents[2] / "default.json"


class Command(BaseCommand):
    help = "Make an ontology file the newest ontology version of a project."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file",
            nargs="?",
            type=Path,
            default=DEFAULT_FILE,
            help="the ontology as JSON; default: the one for street scenes that comes along",
        )
        parser.add_argument("--project", required=True, help="the project's slug")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            msg = f"There is no project '{options['project']}'."
            raise CommandError(msg)
        try:
            body = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            msg = f"{path} cannot be read: {error.strerror}."
            raise CommandError(msg) from error
        except ValueError as error:
            msg = f"{path} is not JSON in UTF-8: {error}."
            raise CommandError(msg) from error
        try:
            version = ontology_create(actor=None, project=project, body=body)
        except InvalidError as error:
            msg = f"{path}: {error.message}"
            raise CommandError(msg) from error
        self.stdout.write(
            f"Project '{project.slug}' is labelled by ontology version {version.version}."
        )
