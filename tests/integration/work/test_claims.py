"""Who gets which task, and never two the same."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from labelapp.accounts.models import User
from labelapp.projects.models import Membership, Project, Role
from labelapp.work.models import Lease, Qualification, Skill, Task, TaskEvent
from labelapp.work.services import (
    Change,
    task_claim,
    task_finish,
    tasks_change,
    workflow_save,
)
from labelapp.work.stages import Action


def claim(user: User, project: Project | None = None) -> Any:
    claimed = task_claim(actor=user, project=project)
    return None if claimed is None else Task.objects.get(pk=claimed.task_id)


def finish(user: User, action: Action, note: str = "", **more: Any) -> None:
    lease = Lease.objects.get(holder=user, ended_at__isnull=True)
    task_finish(actor=user, lease_id=lease.pk, token=lease.token, action=action, note=note, **more)


def submit_one(cast: Any) -> Task:
    task: Task = claim(cast["labeller"])
    finish(cast["labeller"], Action.SUBMIT)
    return task


def test_the_most_urgent_comes_first_and_then_the_oldest(cast, make_tasks) -> None:
    first, second = make_tasks(2)
    (urgent,) = make_tasks(1, priority=5)
    got = [claim(cast["labeller"]).pk for _ in range(3)]
    assert got == [urgent.pk, first.pk, second.pk]
    assert claim(cast["labeller"]) is None


def test_roles_get_their_stages_only(cast, make_tasks) -> None:
    make_tasks(1)
    assert claim(cast["engineer"]) is None
    assert claim(cast["stranger"]) is None
    submit_one(cast)
    assert claim(cast["labeller"]) is None, "a labeller reviews nothing"
    assert claim(cast["reviewer"]) is not None


def test_nobody_reviews_their_own_work(cast, make_tasks) -> None:
    make_tasks(1)
    claim(cast["reviewer"])
    finish(cast["reviewer"], Action.SUBMIT)
    assert claim(cast["reviewer"]) is None
    assert claim(cast["admin"]) is not None


def test_work_comes_back_to_who_did_it_before_others_get_it(cast, make_tasks) -> None:
    (task,) = make_tasks(1)
    make_tasks(1, priority=9)
    other = User.objects.create_user("other")
    Membership.objects.create(project=cast.project, user=other, role=Role.LABELLER)
    tasks_change(
        actor=cast["admin"],
        project=cast.project,
        task_ids=[task.pk],
        change=Change(Action.ASSIGN, to=cast["labeller"]),
    )
    assert submit_one(cast).pk == task.pk
    claim(cast["reviewer"])
    finish(cast["reviewer"], Action.RETURN)
    Task.objects.exclude(pk=task.pk).update(state="held")
    claim(cast["reviewer"])
    finish(cast["reviewer"], Action.SEND_BACK, "the van is a lorry")
    Task.objects.exclude(pk=task.pk).update(state="ready")
    assert claim(other).pk != task.pk
    assert claim(cast["labeller"]).pk == task.pk
    finish(cast["labeller"], Action.RETURN)
    assert claim(other).pk == task.pk, "given back by its labeller, it is anybody's"


def test_when_the_wait_is_over_others_may_have_it(cast, make_tasks) -> None:
    make_tasks(1)
    task = submit_one(cast)
    claim(cast["reviewer"])
    finish(cast["reviewer"], Action.SEND_BACK, "no")
    assert claim(cast["admin"]) is None
    Task.objects.filter(pk=task.pk).update(preferred_until=timezone.now() - timedelta(hours=1))
    assert claim(cast["admin"]).pk == task.pk


def test_a_skipped_task_does_not_come_again_to_who_skipped_it(cast, make_tasks) -> None:
    make_tasks(1)
    task = claim(cast["labeller"])
    finish(cast["labeller"], Action.SKIP, "too dark to see anything")
    assert claim(cast["labeller"]) is None
    assert claim(cast["reviewer"]).pk == task.pk
    assert TaskEvent.objects.get(action="skip").note == "too dark to see anything"


def test_a_skill_is_needed_where_one_is_asked_for(cast, make_tasks) -> None:
    make_tasks(1, skill="night")
    assert claim(cast["labeller"]) is None
    Qualification.objects.create(skill=Skill.objects.get(name="night"), user=cast["labeller"])
    assert claim(cast["labeller"]) is not None


def test_projects_get_their_share_of_the_same_people(cast, make_tasks, make_clip) -> None:
    make_tasks(20)
    Membership.objects.create(project=cast.other_project, user=cast["labeller"], role=Role.LABELLER)
    workflow_save(actor=cast["stranger"], project=cast.other_project, share=3.0)
    for number in range(20):
        clip = make_clip(cast.other_project, f"b{number}")
        labels = clip.label_sets.create(layer="objects", source="human")
        Task.objects.create(
            project=cast.other_project, clip=clip, label_set=labels, layer="objects"
        )
    got = [claim(cast["labeller"]).project_id for _ in range(12)]
    assert got.count(cast.other_project.pk) == 9
    only = claim(cast["labeller"], cast.project)
    assert only.project_id == cast.project.pk


def test_what_is_not_heard_of_goes_back_to_the_queue_and_its_holder_first(cast, make_tasks) -> None:
    make_tasks(1)
    task = claim(cast["labeller"])
    Lease.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert claim(cast["reviewer"]) is None, "they may just have been at lunch"
    assert Lease.objects.get().ended_by == "expire"
    assert claim(cast["labeller"]).pk == task.pk
    assert list(TaskEvent.objects.values_list("action", flat=True)) == [
        "create", "claim", "expire", "claim",
    ]  # fmt: skip


def test_the_database_refuses_a_second_lease(cast, make_tasks) -> None:
    make_tasks(1)
    task = claim(cast["labeller"])
    with pytest.raises(IntegrityError, match="lease_one_per_task"):
        Lease.objects.create(task=task, holder=cast["reviewer"], token=99, stage="label")


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_get_the_same_task(cast, make_tasks) -> None:
    make_tasks(60)
    people = [User.objects.create_user(f"p{number}") for number in range(12)]
    Membership.objects.bulk_create(
        Membership(project=cast.project, user=user, role=Role.LABELLER) for user in people
    )

    def work(user: User) -> list[Any]:
        try:
            got = []
            while (claimed := task_claim(actor=user)) is not None:
                got.append(claimed.task_id)
            return got
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        got = [task for tasks in pool.map(work, people) for task in tasks]
    assert len(got) == len(set(got)) == 60
    assert Lease.objects.filter(ended_at__isnull=True).count() == 60
