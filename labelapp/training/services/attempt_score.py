"""Scoring what people made of gold, and what follows: skills gained and lost."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from labelapp.clips.manifest import manifest_read
from labelapp.labels.models import LabelSet
from labelapp.labels.selectors import labels_parsed_at
from labelapp.notices.services import notify
from labelapp.projects.models import Project
from labelapp.training.findings import findings
from labelapp.training.models import Attempt, Course, GoldSettings, SkillLoss
from labelapp.training.selectors import running_score, steps_passed
from labelapp.work.journal import move
from labelapp.work.models import Qualification, Task
from labelapp.work.stages import Action, Stage, State
from projection.io import read_label
from projection.labels import Label
from quality.comparing import compare


def attempt_score(*, attempt_id: UUID) -> Attempt:
    """Compare an attempt with its gold, once, and let follow what follows from the score.

    Raises:
        Attempt.DoesNotExist: It was removed with its clip.
    """
    attempt = Attempt.objects.select_related("gold__clip", "gold__label_set", "task__label_set")
    found = attempt.get(pk=attempt_id)
    if found.scored_at is not None or found.submitted_at is None:
        return found
    revision = found.task.submitted_revision or 0
    comparison = compare(
        _labels(found.gold.label_set, found.gold.revision),
        _labels(found.task.label_set, revision),
        manifest_read(found.gold.clip.storage_prefix).ticks_ns,
    )
    with transaction.atomic():
        # Nobody's record is changed by two at once, so that a skill is not gained as it is lost.
        Project.objects.select_for_update(no_key=True).get(pk=found.gold.project_id)
        locked = (
            Attempt.objects.select_for_update(of=("self",))
            .select_related("gold__project", "user")
            .get(pk=attempt_id)
        )
        if locked.scored_at is not None:
            return locked
        locked.scored_at = timezone.now()
        locked.score = min(1.0, max(0.0, comparison.score))
        locked.report = {**comparison.to_dict(), "findings": findings(comparison)}
        locked.save(update_fields=["scored_at", "score", "report"])
        if locked.step_id is None:
            _requalify(locked)
        else:
            _qualify(locked)
    return locked


def _labels(label_set: LabelSet, revision: int) -> list[Label]:
    return [read_label(found.label) for found in labels_parsed_at(label_set, revision)]


def _qualify(attempt: Attempt) -> None:
    """Give the skill of a course to who has passed all its steps."""
    course = Course.objects.select_related("skill").get(steps=attempt.step_id)
    passed = steps_passed(attempt.user, course)
    if set(course.steps.values_list("pk", flat=True)) <= passed:
        _, is_new = Qualification.objects.get_or_create(skill=course.skill, user=attempt.user)
        if is_new:
            text = f"You passed «{course.title}» and have the skill {course.skill.name}."
            _tell(attempt, "skill.gained", text)


def _requalify(attempt: Attempt) -> None:
    """Take the skills that courses give from whose running score fell."""
    settings = GoldSettings.objects.filter(project=attempt.gold.project_id).first()
    if settings is None:
        return
    record = running_score(attempt.user, settings)
    if record.tasks < settings.window or record.score is None:
        return
    if record.score >= settings.keep_score:
        return
    held = Qualification.objects.filter(
        user=attempt.user, skill__courses__project=settings.project_id
    )
    held = held.select_related("skill").distinct()
    for qualification in held:
        SkillLoss.objects.create(
            skill_id=qualification.skill_id, user=attempt.user, score=record.score
        )
        text = (
            f"Your score fell to {record.score:.0%}: the skill {qualification.skill.name} is gone"
            " until you pass its course again."
        )
        _tell(attempt, "skill.lost", text)
        qualification.delete()


def _tell(attempt: Attempt, kind: str, text: str) -> None:
    link = f"/projects/{attempt.gold.project.slug}/training"
    notify(user_ids=[attempt.user_id], kind=kind, text=text, link=link)


def hidden_checks_end(*, limit: int = 100) -> int:
    """Close hidden checks whose labellers may know by now; return how many.

    A good one reads as accepted. Until then it waits for review like other tasks.
    """
    now = timezone.now()
    due = Task.objects.filter(
        attempt__step__isnull=True,
        attempt__told_at__lte=now,
        attempt__scored_at__isnull=False,
        stage__in=[Stage.REVIEW.value, Stage.SECOND_REVIEW.value],
        state=State.READY.value,
    )
    with transaction.atomic():
        locked = due.select_for_update(of=("self",), skip_locked=True).select_related(
            "label_set", "attempt__gold"
        )
        tasks = list(locked.order_by("id")[:limit])
        passing = dict(
            GoldSettings.objects.filter(
                project__in={task.project_id for task in tasks}
            ).values_list("project_id", "pass_score")
        )
        for task in tasks:
            score = task.attempt.score or 0.0
            task.preferred, task.preferred_until = None, None
            if score >= passing.get(task.project_id, 0.0):
                move(task, Action.CLAIM, None)
                move(task, Action.ACCEPT, None)
            else:
                move(task, Action.CANCEL, None, note="Compared with gold.")
    return len(tasks)
