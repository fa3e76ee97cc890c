"""``manage.py seed_demo``: a project with people and a simulated clip, unless they are there."""

import secrets
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction
from tqdm import tqdm

from labelapp.accounts.models import User
from labelapp.clips.models import Clip
from labelapp.ontology.selectors import ontology_current
from labelapp.projects.models import Membership, Project, Role

PROJECT = "demo"
CLIP = "demo_street"


class Command(BaseCommand):
    help = "Make the demo project, its people and its clip, unless they are there already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--without-clip", action="store_true", help="don't simulate a clip")

    def handle(self, *args: Any, **options: Any) -> None:
        project = _project_ensure()
        if ontology_current(project) is None:
            call_command("load_ontology", project=PROJECT, verbosity=0, stdout=self.stdout)
        _people_ensure(project, settings.DATA_DIR / "demo-logins.txt")
        if (
            not options["without_clip"]
            and not Clip.objects.filter(project=project, name=CLIP).exists()
        ):
            self._simulate()

    def _simulate(self) -> None:
        from simulation import make_clip  # noqa: PLC0415  it loads the ray tracer

        with tempfile.TemporaryDirectory(prefix="labelapp-demo-") as folder:
            clip_folder = Path(folder) / CLIP
            with tqdm(desc="Simulating the demo clip (once)", unit="file", leave=False) as bar:

                def show(done: int, total: int) -> None:
                    bar.total = total
                    bar.update(done - bar.n)

                make_clip(clip_folder, progress=show)
            call_command(
                "import_clip", str(clip_folder), project=PROJECT, name=CLIP, stdout=self.stdout
            )


def _project_ensure() -> Project:
    project, _ = Project.objects.get_or_create(slug=PROJECT, defaults={"name": "Demo"})
    return project


def _people_ensure(project: Project, logins_path: Path) -> None:
    """Make one user per role with a random password, and keep the passwords in a private file."""
    lines = []
    with transaction.atomic():
        for role in Role:
            if User.objects.filter(username=role.value).exists():
                continue
            password = secrets.token_urlsafe(9)
            is_admin = role == Role.ADMIN
            user = User.objects.create_user(
                username=role.value,
                password=password,
                display_name=f"Demo {role.label.lower()}",
                is_staff=is_admin,
                is_superuser=is_admin,
            )
            Membership.objects.create(project=project, user=user, role=role)
            lines.append(f"{role.value:<10} {password}")
        if lines:
            logins_path.touch(mode=0o600)
            logins_path.write_text("\n".join(["log in as   with password", *lines, ""]))
    if not logins_path.exists():
        logins_path.touch(mode=0o600)
        logins_path.write_text(
            "Passwords were printed at the first start; "
            "`python manage.py changepassword NAME` sets a new one.\n"
        )
