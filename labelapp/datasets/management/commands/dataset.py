"""``manage.py dataset freeze|list|compare --project SLUG ...``."""

import argparse
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError

from labelapp.common.errors import DomainError
from labelapp.datasets.models import Dataset, DatasetVersion
from labelapp.datasets.versions.comparing import versions_compare
from labelapp.datasets.versions.freezing import version_freeze
from labelapp.datasets.versions.managing import dataset_create, version_deprecate
from labelapp.projects.models import Project

_FIELDS = ("query", "split", "spec", "note")


class Command(BaseCommand):
    help = "Freeze what a query finds as a data set version; list and compare versions."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        freeze = actions.add_parser("freeze", help="make the next version, and print its id")
        freeze.add_argument("name", help="the data set; it is made where there is none")
        freeze.add_argument(
            "--from",
            dest="file",
            type=Path,
            required=True,
            metavar="FILE",
            help="YAML or JSON with query, and where wanted split, spec and note",
        )
        listing = actions.add_parser("list", help="list data sets and versions")
        listing.add_argument("name", nargs="?")
        compare = actions.add_parser("compare", help="what is different between two versions")
        compare.add_argument("name")
        compare.add_argument("before", type=int)
        compare.add_argument("after", type=int)
        deprecate = actions.add_parser("deprecate", help="say that a version is not to be used")
        deprecate.add_argument("name")
        deprecate.add_argument("number", type=int)
        deprecate.add_argument("--reason", required=True)
        for action in (freeze, listing, compare, deprecate):
            action.add_argument("--project", required=True, metavar="SLUG")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            known = ", ".join(Project.objects.values_list("slug", flat=True)) or "none"
            msg = f"There is no project '{options['project']}'; there are: {known}."
            raise CommandError(msg)
        try:
            getattr(self, f"_{options['action']}")(project, options)
        except DomainError as error:
            raise CommandError(error.message) from error

    def _freeze(self, project: Project, options: dict[str, Any]) -> None:
        document = _read(options["file"])
        name = options["name"]
        dataset = Dataset.objects.filter(project=project, name=name).first()
        if dataset is None:
            dataset = dataset_create(actor=None, project=project, name=name)
        version = version_freeze(
            actor=None,
            dataset=dataset,
            query=document.get("query"),
            split=document.get("split"),
            spec=document.get("spec"),
            note=document.get("note") or "",
        )
        self.stdout.write(_line(version))
        self.stdout.write(f"{version.pk} {version.content_hash}")

    def _list(self, project: Project, options: dict[str, Any]) -> None:
        found = DatasetVersion.objects.filter(dataset__project=project)
        if options["name"]:
            found = found.filter(dataset__name=options["name"])
        ordered = found.select_related("dataset", "deprecation").order_by("dataset__name", "number")
        for version in ordered:
            self.stdout.write(_line(version))
        if not ordered:
            self.stdout.write(f"Project '{project.slug}' has no data set version yet.")

    def _compare(self, project: Project, options: dict[str, Any]) -> None:
        versions = [_version(project, options["name"], options[end]) for end in ("before", "after")]
        found = versions_compare(*versions)
        counts = ", ".join(f"{count} {kind}" for kind, count in found["clips"].items())
        self.stdout.write(f"clips: {counts}")
        for name, changes in found["classes"].items():
            counts = ", ".join(f"{count} {kind}" for kind, count in changes.items())
            self.stdout.write(f"{name}: {counts}")

    def _deprecate(self, project: Project, options: dict[str, Any]) -> None:
        version = _version(project, options["name"], options["number"])
        version_deprecate(actor=None, version=version, reason=options["reason"])


def _version(project: Project, name: str, number: int) -> DatasetVersion:
    found = DatasetVersion.objects.filter(
        dataset__project=project, dataset__name=name, number=number
    ).first()
    if found is None:
        msg = f"Data set '{name}' of project '{project.slug}' has no version {number}."
        raise CommandError(msg)
    return found


def _line(version: DatasetVersion) -> str:
    sums = version.sums
    line = f"{version.dataset.name} version {version.number}: {sums['clips']} clips"
    line += f", {sums['images']} images, {sums['labels']} labels"
    for name, split in sums["splits"].items():
        line += f"; {name} {split['clips']}"
    deprecation = getattr(version, "deprecation", None)
    return line if deprecation is None else f"{line}; deprecated: {deprecation.reason}"


def _read(path: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"{path}: {error.strerror or error}."
        raise CommandError(msg) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        msg = f"{path}: expected YAML or JSON, found otherwise ({error})."
        raise CommandError(msg) from error
    if not isinstance(document, dict):
        msg = f"{path}: expected an object with query, found {type(document).__name__}."
        raise CommandError(msg)
    unknown = sorted(set(document) - set(_FIELDS))
    if unknown:
        msg = f"{path}: expected some of {', '.join(_FIELDS)}, found '{unknown[0]}'."
        raise CommandError(msg)
    return document
