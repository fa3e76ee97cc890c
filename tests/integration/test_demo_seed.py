"""What `make demo` starts with."""

from pathlib import Path

import pytest
from django.core.management import call_command

from labelapp.accounts.models import User
from labelapp.projects.models import Membership, Project
from labelapp.work.models import Workflow

pytestmark = pytest.mark.django_db


def test_the_demo_is_seeded_once_and_whoever_was_taken_out_stays_out(
    tmp_path: Path, settings
) -> None:
    settings.DATA_DIR = tmp_path
    call_command("seed_demo", without_clip=True)
    assert [project.slug for project in Project.objects.all()] == ["demo"]
    reviewer = User.objects.get(username="reviewer")
    Membership.objects.filter(user=reviewer).delete()
    logins = (tmp_path / "demo-logins.txt").read_text()

    call_command("seed_demo", without_clip=True, with_tasks=True)
    call_command("seed_demo", without_clip=True, with_tasks=True)
    assert (tmp_path / "demo-logins.txt").read_text() == logins
    assert not Membership.objects.filter(user=reviewer, project__slug="demo").exists()
    queue = Project.objects.get(slug="demo-queue")
    assert queue.memberships.count() == 4
    assert Workflow.objects.filter(project=queue).count() == 1
