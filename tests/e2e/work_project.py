"""A project of its own that works by tasks, on the demo's clip, with the demo's people."""

import uuid

from product import Product

_SCRIPT = """
import shutil, uuid
from django.core.management import call_command
from labelapp.accounts.models import User
from labelapp.clips.models import Clip
from labelapp.clips.storage import clip_storage
from labelapp.projects.models import Membership, Project
from labelapp.work.services import workflow_save

project = Project.objects.create(slug={slug!r}, name={name!r})
for user in User.objects.filter(username__in=["labeller", "reviewer", "engineer", "admin"]):
    Membership.objects.create(project=project, user=user, role=user.username)
call_command("load_ontology", project={slug!r}, verbosity=0)
demo = Clip.objects.get(project__slug="demo", name="demo_street")
for number in range({clips}):
    prefix = uuid.uuid4().hex
    shutil.copytree(clip_storage().path(demo.storage_prefix), clip_storage().path(prefix))
    clip = Clip.objects.get(pk=demo.pk)
    clip.pk, clip.project, clip.storage_prefix = uuid.uuid4(), project, prefix
    clip.name, clip.content_hash = "street %d" % (number + 1), uuid.uuid4().hex * 2
    clip._state.adding = True
    clip.save()
if {works_by_tasks}:
    admin = User.objects.get(username="admin")
    workflow_save(actor=admin, project=project, lease_s=120)
"""


def make_work_project(product: Product, *, clips: int = 2, works_by_tasks: bool = True) -> str:
    """Make it, and return its slug."""
    slug = f"work-{uuid.uuid4().hex[:8]}"
    script = _SCRIPT.format(
        slug=slug, name=f"Night shift {slug[-4:]}", clips=clips, works_by_tasks=works_by_tasks
    )
    done = product.manage("shell", "-c", script)
    assert done.returncode == 0, done.stderr
    return slug


def expire_leases(product: Product, slug: str) -> None:
    """Let the leases of a project run out now, as if nobody had been heard of."""
    script = f"""
from datetime import timedelta
from django.utils import timezone
from labelapp.work.models import Lease
from labelapp.work.services import leases_expire
late = timezone.now() - timedelta(minutes=1)
Lease.objects.filter(task__project__slug={slug!r}, ended_at=None).update(expires_at=late)
leases_expire()
"""
    done = product.manage("shell", "-c", script)
    assert done.returncode == 0, done.stderr
