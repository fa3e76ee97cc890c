"""``manage.py import_labels PATH --project SLUG [--clip NAME] [--format nuscenes] ...``."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from tqdm import tqdm

from labelapp.clips.selectors import clip_by_name
from labelapp.common.errors import DomainError
from labelapp.imports.classes import ClassMapping
from labelapp.imports.files import Files
from labelapp.imports.formats import FORMATS
from labelapp.imports.importing import Options, Plan, plan, store
from labelapp.imports.reading import Asked
from labelapp.labels.models import Source
from labelapp.projects.models import Project


class Command(BaseCommand):
    help = "Import labels of other formats as label sets of clips that are in a project."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a folder, a zip file, or a file")
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--clip", metavar="NAME|ID", help="default: as the files say")
        parser.add_argument(
            "--format", default="", choices=["", *FORMATS], help="default: found out"
        )
        parser.add_argument("--recording", default="", help="one of the files'; default: all")
        parser.add_argument("--layer", default="", help="default: as the files say, else objects")
        sources = [source for source in Source.values if source != Source.HUMAN]
        parser.add_argument("--source", default=Source.IMPORT.value, choices=sources)
        parser.add_argument("--name", default="", help="of the label sets")
        parser.add_argument(
            "--class",
            action="append",
            default=[],
            dest="classes",
            metavar="THEIRS=OURS",
            help="what a class of the files becomes; THEIRS= leaves it out",
        )
        parser.add_argument(
            "--keep-classes", action="store_true", help="unknown classes keep their names"
        )
        parser.add_argument("--camera", default="", help="which one took KITTI's images")
        parser.add_argument("--rate-hz", type=float, help="of KITTI's frames without times")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            known = ", ".join(Project.objects.values_list("slug", flat=True)) or "none"
            msg = f"There is no project '{options['project']}'; there are: {known}."
            raise CommandError(msg)
        try:
            self._import(project, options)
        except DomainError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            msg = f"{options['path']}: {error.strerror or error}."
            raise CommandError(msg) from error

    def _import(self, project: Project, options: dict[str, Any]) -> None:
        wanted = _options(project, options)
        with tqdm(unit="recording", disable=None, leave=False) as bar:

            def progress(done: int, total: int, message: str) -> None:
                bar.total = total or None
                bar.set_description(message, refresh=False)
                bar.update(done - bar.n)

            with Files.at(options["path"]) as files:
                made = plan(files, project, wanted, progress)
        self._tell(made)
        if options["dry_run"]:
            return
        with transaction.atomic():
            label_sets = store(made, wanted, None)
        for label_set in label_sets:
            parts = "/".join(filter(None, (label_set.layer, label_set.source, label_set.name)))
            count = label_set.labels.count()
            self.stdout.write(f"{label_set.clip.name}: {parts} ({label_set.pk}), {count} labels")

    def _tell(self, made: Plan) -> None:
        for part in made.parts:
            count = len(part.reading.labels)
            self.stdout.write(
                f"{part.recording.name} ({made.format}): clip '{part.clip.name}',"
                f" layer {part.layer}, {count} labels"
            )
            for sentence, often in sorted(part.reading.report.items()):
                self.stdout.write(f"  {often} x {sentence}")
        for name in made.others:
            self.stderr.write(f"{name}: of no clip of this project; left out")
        for layer, found in made.classes:
            becomes = found.becomes if found.is_settled else "?"
            hint = f" (perhaps {found.suggestion})" if found.suggestion else ""
            becomes = "left out" if becomes is None else becomes
            self.stdout.write(f"  {layer}: {found.count} x {found.name} -> {becomes}{hint}")


def _options(project: Project, options: dict[str, Any]) -> Options:
    becomes: dict[str, str | None] = {}
    for said in options["classes"]:
        theirs, equals, ours = said.rpartition("=")
        if not equals or not theirs:
            msg = f"--class: expected THEIRS=OURS, found '{said}'."
            raise CommandError(msg)
        becomes[theirs] = ours or None
    rate_hz = options["rate_hz"]
    if rate_hz is not None and not 1e-3 <= rate_hz <= 1e6:
        msg = f"--rate-hz: expected 0.001 to 1000000, found {rate_hz}."
        raise CommandError(msg)
    clip = None if options["clip"] is None else clip_by_name(project, options["clip"])
    return Options(
        format=options["format"],
        clip_id=None if clip is None else clip.pk,
        recording=options["recording"],
        layer=options["layer"],
        source=options["source"],
        name=options["name"],
        classes=ClassMapping(becomes, keep=options["keep_classes"]),
        asked=Asked(options["camera"], rate_hz),
    )
