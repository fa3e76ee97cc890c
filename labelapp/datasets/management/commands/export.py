"""``manage.py export --project SLUG --layer objects --source human --format coco --out DIR``."""

import argparse
import os
import shutil
import time
import uuid
import zipfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from labelapp.clips.selectors import clip_by_name
from labelapp.common import jobs
from labelapp.common.errors import DomainError
from labelapp.datasets import jobs as _jobs  # noqa: F401  says what to do for the job
from labelapp.datasets.building import IMAGES_FILE
from labelapp.datasets.formats import DEFAULT_FORMATS, FORMATS
from labelapp.datasets.models import Export
from labelapp.datasets.selectors import export_file
from labelapp.datasets.services import export_cancel, export_create
from labelapp.datasets.storage import export_storage
from labelapp.labels.models import Source
from labelapp.projects.models import Project
from projection.io import FormatError
from projection.target_spec import read_target_specs

_POLL_S = 0.2
#: Time enough for a worker that has nothing else to do.
_PATIENCE_S = 15.0


class Command(BaseCommand):
    help = "Project labels into every image of every camera, and write them as a data set."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument(
            "--clip", action="append", default=[], metavar="NAME|ID", help="default: all"
        )
        parser.add_argument("--layer", default="objects")
        parser.add_argument("--source", default="human", choices=Source.values)
        parser.add_argument(
            "--format", action="append", default=[], choices=sorted(FORMATS), dest="formats"
        )
        parser.add_argument(
            "--spec", type=Path, metavar="FILE", help="target spec (JSON or YAML); default: all"
        )
        parser.add_argument("--images", action="store_true", help="with the pictures")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR")
        parser.add_argument(
            "--here", action="store_true", help="in this process instead of a worker"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        out: Path = options["out"]
        try:
            out.mkdir(parents=True, exist_ok=True)
            if not os.access(out, os.W_OK):
                msg = f"{out} can't be written to."
                raise CommandError(msg)
            export = self._create(options)
            self._run(export, is_here=options["here"])
            self._copy(export, out)
        except FormatError as error:
            raise CommandError(str(error)) from error
        except DomainError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            msg = f"{out}: {error.strerror or error}."
            raise CommandError(msg) from error

    def _create(self, options: dict[str, Any]) -> Export:
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            known = ", ".join(Project.objects.values_list("slug", flat=True)) or "none"
            msg = f"There is no project '{options['project']}'; there are: {known}."
            raise CommandError(msg)
        spec, formats = options["spec"], options["formats"]
        if not formats:
            # A spec may ask for what COCO can't hold; Parquet holds everything.
            formats = ["parquet"] if spec else list(DEFAULT_FORMATS)
        clip_ids = [clip_by_name(project, name).pk for name in options["clip"]]
        return export_create(
            actor=None,
            project=project,
            clip_ids=clip_ids or None,
            layer=options["layer"],
            source=options["source"],
            formats=formats,
            include_images=options["images"],
            spec=read_target_specs(spec).to_dict() if spec else None,
            send=not options["here"],
        )

    def _run(self, export: Export, *, is_here: bool) -> None:
        """Have the job done, and show how far it is."""
        try:
            if is_here:
                jobs.run(export.job_id)
            self._wait(export)
        except KeyboardInterrupt:
            export_cancel(actor=None, export=export)
            msg = "Cancelled."
            raise CommandError(msg) from None
        job = export.job
        if job.state != jobs.JobState.DONE:
            msg = f"The export {job.state}: {job.message}"
            raise CommandError(msg)

    def _wait(self, export: Export) -> None:
        job = export.job
        began = time.monotonic()
        is_hinted = False
        with tqdm(unit="image", disable=None, leave=False) as bar:
            while True:
                job.refresh_from_db()
                bar.total = job.total
                bar.set_description(job.message or job.state, refresh=False)
                bar.update(job.done - bar.n)
                if job.is_final:
                    return
                waited_s = time.monotonic() - began
                if job.attempt == 0 and waited_s > _PATIENCE_S and not is_hinted:
                    is_hinted = True
                    self.stderr.write(
                        "No worker has taken the job yet. It goes on waiting; stop it with Ctrl-C"
                        " and give --here to do it in this process."
                    )
                time.sleep(_POLL_S)

    def _copy(self, export: Export, out: Path) -> None:
        export.refresh_from_db()
        for file in export.files:
            found = export_file(export, file["name"])
            part = out / f".{found.name}.{uuid.uuid4().hex}.part"
            try:
                with export_storage().open(found.path, "rb") as stored, part.open("xb") as copy:
                    shutil.copyfileobj(stored, copy, 1024 * 1024)
                if _is_folder(found.name):
                    with zipfile.ZipFile(part) as archive:
                        archive.extractall(out)  # names that we made, from _plain parts
                    self.stdout.write(f"{out / found.name.removesuffix('.zip')} (a folder)")
                    continue
                part.replace(out / found.name)
            finally:
                part.unlink(missing_ok=True)
            self.stdout.write(f"{out / found.name} ({found.size} bytes)")


def _is_folder(name: str) -> bool:
    """Whether a file is a format's folder, or the pictures': these are unpacked."""
    return name == IMAGES_FILE or name.endswith(tuple(f"{folder}.zip" for folder in FORMATS))
