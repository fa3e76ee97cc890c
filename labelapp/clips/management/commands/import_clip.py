"""``manage.py import_clip FOLDER [FOLDER...] --project SLUG [--name NAME]``."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from labelapp.clips.services import ImportedClip, clip_import
from labelapp.common.errors import DomainError
from labelapp.projects.models import Project


class Command(BaseCommand):
    help = "Put clip folders (labelapp-clip/1) into a project; each is checked before it is stored."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--name", help="what to call the clip instead of its own name")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            known = ", ".join(Project.objects.values_list("slug", flat=True)) or "none"
            msg = f"There is no project '{options['project']}'; there are: {known}."
            raise CommandError(msg)
        folders: list[Path] = options["folders"]
        if options["name"] and len(folders) > 1:
            msg = f"--name names one clip, but {len(folders)} folders were given."
            raise CommandError(msg)
        refused = []
        for folder in folders:
            try:
                self._report(folder, self._import(project, folder, options["name"]))
            except DomainError as error:
                refused.append(f"{folder} was refused, nothing of it was kept:\n{error.message}")
            except KeyboardInterrupt:
                refused.append(f"{folder} was interrupted, nothing of it was kept")
                break
            except OSError as error:
                reason = error.strerror or str(error)
                where = f" ({error.filename})" if error.filename else ""
                refused.append(
                    f"{folder} was not imported, nothing of it was kept: {reason}{where}"
                )
        if refused:
            raise CommandError("\n".join(refused))

    def _import(self, project: Project, folder: Path, name: str | None) -> ImportedClip:
        with tqdm(desc=folder.name, unit="file", disable=None, leave=False) as bar:

            def progress(stage: str, done: int, total: int) -> None:
                bar.set_description(f"{folder.name}: {stage}", refresh=False)
                bar.total = total
                bar.update(done - bar.n)

            return clip_import(
                actor=None, project=project, folder=folder, progress=progress, name=name
            )

    def _report(self, folder: Path, imported: ImportedClip) -> None:
        for warning in imported.warnings:
            self.stderr.write(f"{folder}: {warning}")
        clip = imported.clip
        if not imported.is_new:
            self.stdout.write(f"{folder}: already there as clip '{clip.name}' ({clip.pk})")
            return
        self.stdout.write(
            f"{folder}: imported as clip '{clip.name}' ({clip.pk}): {clip.camera_count} cameras,"
            f" {clip.image_count} images ({clip.picture_count} pictures),"
            f" {clip.sweep_count} sweeps, {clip.duration_s:.1f} s"
        )
