"""Jobs in Django's admin."""

import pytest
from django.contrib.auth.models import Permission

from labelapp.accounts.models import User
from labelapp.common.jobs import Job, JobState

pytestmark = pytest.mark.django_db


def login(client, *, permissions: tuple[str, ...]) -> None:
    user = User.objects.create_user("staff", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)


def cancel_by_hand(client, job: Job):
    body = {"action": "cancel_jobs", "_selected_action": [str(job.pk)]}
    return client.post("/admin/common/job/", body)


def test_who_may_change_jobs_cancels_one(client) -> None:
    job = Job.objects.create(kind="test.append", queue="none")
    login(client, permissions=("view_job", "change_job"))
    assert client.get("/admin/common/job/").status_code == 200
    assert cancel_by_hand(client, job).status_code == 302
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def test_who_may_only_look_does_not(client) -> None:
    job = Job.objects.create(kind="test.append", queue="none")
    login(client, permissions=("view_job",))
    cancel_by_hand(client, job)
    job.refresh_from_db()
    assert job.state == JobState.QUEUED


def test_nobody_changes_a_job_by_hand(client) -> None:
    job = Job.objects.create(kind="test.append", queue="none")
    login(client, permissions=("view_job", "change_job", "delete_job", "add_job"))
    assert client.post(f"/admin/common/job/{job.pk}/change/", {"state": "done"}).status_code == 403
    assert client.post(f"/admin/common/job/{job.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/common/job/add/").status_code == 403


@pytest.mark.parametrize("path", ["clips/clip", "datasets/export", "common/job"])
def test_the_lists_open(admin_client, path) -> None:
    assert admin_client.get(f"/admin/{path}/").status_code == 200
