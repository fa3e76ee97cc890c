"""``manage.py seed_demo``: projects with people and a simulated clip, unless they are there."""

import secrets
import tempfile
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction
from tqdm import tqdm

from labelapp.accounts.models import User
from labelapp.clips.models import Clip
from labelapp.ontology.selectors import ontology_current
from labelapp.projects.models import Membership, Project, Role
from labelapp.work.models import Workflow
from labelapp.work.services import tasks_create, workflow_save

PROJECT = "demo"
CLIP = "demo_street"
#: Where the same street is work that is handed out.
QUEUE = "demo-queue"
QUEUE_CLIP = "street_job"


class Command(BaseCommand):
    help = "Make the demo project, its people and its clip, unless they are there already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--without-clip", action="store_true", help="don't simulate a clip")
        parser.add_argument(
            "--with-tasks", action="store_true", help="a second project, with tasks in its queue"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        names = {PROJECT: ("Demo", CLIP)}
        if options["with_tasks"]:
            names[QUEUE] = ("Demo queue", QUEUE_CLIP)
        made = {slug: _project_ensure(slug, name) for slug, (name, _) in names.items()}
        projects = {slug: project for slug, (project, _) in made.items()}
        new = {project.id for project, is_new in made.values() if is_new}
        _people_ensure(list(projects.values()), new, settings.DATA_DIR / "demo-logins.txt")
        if not options["without_clip"]:
            self._clips_ensure({slug: clip for slug, (_, clip) in names.items()})
        if QUEUE in projects:
            _tasks_ensure(projects[QUEUE])

    def _clips_ensure(self, clips: Mapping[str, str]) -> None:
        """Simulate one street for the clips that are not there; clips: name by project."""
        lacking = {
            slug: name
            for slug, name in clips.items()
            if not Clip.objects.filter(project__slug=slug, name=name).exists()
        }
        if not lacking:
            return
        from simulation import make_clip  # noqa: PLC0415  it loads the ray tracer

        with tempfile.TemporaryDirectory(prefix="labelapp-demo-") as folder:
            clip_folder = Path(folder) / CLIP
            with tqdm(desc="Simulating the demo clip (once)", unit="file", leave=False) as bar:

                def show(done: int, total: int) -> None:
                    bar.total = total
                    bar.update(done - bar.n)

                make_clip(clip_folder, progress=show)
            for slug, name in lacking.items():
                call_command(
                    "import_clip", str(clip_folder), project=slug, name=name, stdout=self.stdout
                )


def _project_ensure(slug: str, name: str) -> tuple[Project, bool]:
    project, is_new = Project.objects.get_or_create(slug=slug, defaults={"name": name})
    if ontology_current(project) is None:
        call_command("load_ontology", project=slug, verbosity=0)
    return project, is_new


def _tasks_ensure(project: Project) -> None:
    """Hand the project's clips out as tasks, everything reviewed; what has a task keeps it."""
    admin = User.objects.get(username=Role.ADMIN.value)
    if not Workflow.objects.filter(project=project).exists():
        workflow_save(actor=admin, project=project)
    tasks_create(actor=admin, project=project, layer="objects")


def _people_ensure(projects: Sequence[Project], made: AbstractSet[UUID], logins_path: Path) -> None:
    """Make one user per role with a random password, and keep the passwords in a private file.

    Args:
        projects: What somebody new takes part in.
        made: The ids of those that are new: there all take part.
        logins_path: The file.
    """
    lines = []
    with transaction.atomic():
        for role in Role:
            user = User.objects.filter(username=role.value).first()
            if user is not None:
                # Only what is new: who was taken out of a project stays out of it.
                _members_add(user, role, [one for one in projects if one.id in made])
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
            _members_add(user, role, projects)
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


def _members_add(user: User, role: Role, projects: Sequence[Project]) -> None:
    Membership.objects.bulk_create(
        Membership(project=project, user=user, role=role) for project in projects
    )
