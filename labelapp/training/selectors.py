"""Reading gold, courses, scores."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Avg, Case, Count, Exists, F, Max, OuterRef, Q, QuerySet, When
from django.utils import timezone

from labelapp.accounts.models import User
from labelapp.common.errors import NotFoundError
from labelapp.labels.models import Label, LabelSet, Source
from labelapp.labels.selectors import COPY_MARK
from labelapp.projects.models import Membership, Project, Role
from labelapp.projects.selectors import projects_visible_to, role_in
from labelapp.training.errors import AttemptNotFoundError
from labelapp.training.models import Attempt, Course, Gold, GoldSettings, SkillLoss
from labelapp.work.models import Qualification, Task
from labelapp.work.stages import Stage, State

_HISTORY = 50


@dataclass(frozen=True, slots=True)
class Record:
    """How somebody does: the mean of their last scored gold tasks, and how many these are.

    Attributes:
        score: 0 to 1; None before the first.
        tasks: At most the settings' window.
    """

    score: float | None
    tasks: int


def running_score(user: User, settings: GoldSettings, *, told_only: bool = False) -> Record:
    """Return somebody's running score in a project: hidden checks only, the newest ``window``."""
    found = Attempt.objects.filter(
        user=user, step__isnull=True, gold__project=settings.project_id, scored_at__isnull=False
    )
    if told_only:
        found = found.filter(told_at__lte=timezone.now())
    scores = list(found.order_by("-scored_at").values_list("score", flat=True)[: settings.window])
    known = [score for score in scores if score is not None]
    return Record(sum(known) / len(known) if known else None, len(known))


def steps_passed(user: User, course: Course) -> set[UUID]:
    """Return the steps of a course that somebody has passed since they last lost its skill."""
    passed = Attempt.objects.filter(step__course=course, user=user, score__gte=course.pass_score)
    lost = SkillLoss.objects.filter(user=user, skill=course.skill_id).aggregate(at=Max("at"))["at"]
    if lost is not None:
        passed = passed.filter(submitted_at__gt=lost)
    return {step_id for step_id in passed.values_list("step", flat=True) if step_id is not None}


def golds_listed(project: Project) -> QuerySet[Gold]:
    """Return a project's gold with how often it was scored and how well people did."""
    scored = Q(attempts__scored_at__isnull=False)
    return (
        Gold.objects.filter(project=project)
        .select_related("clip", "label_set")
        .annotate(
            attempt_count=Count("attempts", filter=scored),
            mean_score=Avg("attempts__score", filter=scored),
        )
        .order_by("-created_at", "id")
    )


def gold_candidates(project: Project, search: str) -> list[dict[str, Any]]:
    """Return label sets that may be taken for gold, those made to be right first, up to 50.

    Left out are label sets without labels, copies that people made of others, what is gold already
    as it is now, and people's work that isn't accepted.

    Args:
        project: Whose.
        search: A part of the clip's name; empty: any.
    """
    is_gold = Gold.objects.filter(label_set=OuterRef("pk"), revision=OuterRef("revision"))
    unfinished = Task.objects.filter(label_set=OuterRef("pk")).exclude(state=State.CLOSED.value)
    accepted = Task.objects.filter(label_set=OuterRef("pk"), stage=Stage.ACCEPTED.value)
    label = Label.objects.filter(label_set=OuterRef("pk"), body__isnull=False)
    trusted = {Source.GOLD: 0, Source.SIMULATION: 1, Source.HUMAN: 2, Source.IMPORT: 3}
    found = (
        LabelSet.objects.filter(Exists(label), clip__project=project, source__in=trusted)
        .exclude(Exists(is_gold))
        .exclude(name__startswith=COPY_MARK)
        .exclude(Q(source=Source.HUMAN.value) & (Exists(unfinished) | ~Exists(accepted)))
        .annotate(
            label_count=Count("labels", filter=Q(labels__body__isnull=False)),
            rank=Case(*(When(source=name, then=rank) for name, rank in trusted.items())),
        )
        .select_related("clip")
        .order_by("rank", "clip__name", "layer", "id")
    )
    if search:
        found = found.filter(clip__name__icontains=search)
    return [
        {
            "label_set_id": one.pk,
            "clip_id": one.clip_id,
            "clip_name": one.clip.name,
            "layer": one.layer,
            "source": one.source,
            "revision": one.revision,
            "label_count": one.label_count,
        }
        for one in found[:50]
    ]


def gold_for(user: User | AnonymousUser, gold_id: UUID) -> Gold:
    """Return a gold label set, as an admin of its project.

    Raises:
        NotFoundError: There is none that the caller may know of.
    """
    gold = (
        Gold.objects.select_related("project")
        .filter(pk=gold_id, project__in=projects_visible_to(user))
        .first()
    )
    if gold is None or role_in(user, gold.project) != Role.ADMIN:
        msg = "There is no such gold, or it is not yours to see."
        raise NotFoundError(msg)
    return gold


def course_for(user: User | AnonymousUser, course_id: UUID) -> Course:
    """Return a course with its project, as a member.

    Raises:
        NotFoundError: There is none that the caller may know of.
    """
    course = (
        Course.objects.select_related("project", "skill")
        .filter(pk=course_id, project__in=projects_visible_to(user))
        .first()
    )
    if course is None:
        msg = "There is no such course, or you are not a member of its project."
        raise NotFoundError(msg)
    return course


def courses_as_json(user: User, project: Project) -> list[dict[str, Any]]:
    """Return a project's courses with how far somebody is, in a constant number of queries."""
    courses = list(
        Course.objects.filter(project=project)
        .select_related("skill")
        .prefetch_related("steps__gold__clip")
    )
    attempts: dict[UUID, list[Attempt]] = {}
    own = Attempt.objects.filter(step__course__in=courses, user=user).order_by("created_at")
    for attempt in own.defer("report"):
        if attempt.step_id is not None:
            attempts.setdefault(attempt.step_id, []).append(attempt)
    losses = SkillLoss.objects.filter(user=user, skill__project=project)
    lost = dict(losses.values_list("skill").annotate(Max("at")))
    skills = set(
        Qualification.objects.filter(user=user, skill__project=project).values_list(
            "skill", flat=True
        )
    )
    return [
        {
            "id": course.pk,
            "title": course.title,
            "instructions": course.instructions,
            "skill": course.skill.name,
            "pass_score": course.pass_score,
            "is_open": course.is_open,
            "has_skill": course.skill_id in skills,
            "lost_skill_at": lost.get(course.skill_id),
            "steps": [
                _step_json(step, course, attempts.get(step.pk, []), lost.get(course.skill_id))
                for step in course.steps.all()
            ],
        }
        for course in courses
    ]


def _step_json(step: Any, course: Course, attempts: list[Attempt], lost: Any) -> dict[str, Any]:
    counting = [a for a in attempts if a.submitted_at and (lost is None or a.submitted_at > lost)]
    scores = [a.score for a in counting if a.score is not None]
    return {
        "position": step.position,
        "instructions": step.instructions,
        "clip_name": step.gold.clip.name,
        "layer": step.gold.layer,
        "best_score": max(scores, default=None),
        "is_passed": any(score >= course.pass_score for score in scores),
        "attempts": [
            {"id": a.pk, "score": a.score, "submitted_at": a.submitted_at} for a in attempts
        ],
    }


def attempt_for(user: User | AnonymousUser, attempt_id: UUID) -> Attempt:
    """Return an attempt with its gold: one's own when one may know of it, any as an admin.

    Raises:
        AttemptNotFoundError: There is none that the caller may know of.
    """
    found = (
        Attempt.objects.select_related(
            "gold__clip", "gold__project", "gold__label_set", "task__label_set", "user", "step"
        )
        .filter(pk=attempt_id, gold__project__in=projects_visible_to(user))
        .first()
    )
    if found is not None:
        is_told = found.told_at is not None and found.told_at <= timezone.now()
        if role_in(user, found.gold.project) == Role.ADMIN or (
            found.user_id == user.pk and is_told
        ):
            return found
    msg = "There is no such attempt, or it is not yours to see."
    raise AttemptNotFoundError(msg)


def own_score(user: User, project: Project) -> dict[str, Any]:
    """Return somebody's running score and why it is so: only of checks that they may know of."""
    settings = GoldSettings.objects.filter(project=project).first() or GoldSettings(project=project)
    record = running_score(user, settings, told_only=True)
    told = (
        Attempt.objects.filter(
            user=user,
            step__isnull=True,
            gold__project=project,
            scored_at__isnull=False,
            told_at__lte=timezone.now(),
        )
        .select_related("gold__clip")
        .order_by("-scored_at")[:_HISTORY]
    )
    checks = list(told)
    kinds = Counter(
        finding["kind"] for check in checks for finding in (check.report or {}).get("findings", [])
    )
    return {
        "score": record.score,
        "tasks": record.tasks,
        "window": settings.window,
        "pass_score": settings.pass_score,
        "keep_score": settings.keep_score,
        "findings": [{"kind": kind, "count": count} for kind, count in kinds.most_common()],
        "checks": [
            {
                "id": check.pk,
                "clip_name": check.gold.clip.name,
                "layer": check.gold.layer,
                "score": check.score,
                "submitted_at": check.submitted_at,
            }
            for check in checks
        ],
        "skills": sorted(
            Qualification.objects.filter(user=user, skill__project=project).values_list(
                "skill__name", flat=True
            )
        ),
    }


def scores_of_people(project: Project) -> list[dict[str, Any]]:
    """Return how all who label in a project do, the worst first, in five queries."""
    settings = GoldSettings.objects.filter(project=project).first() or GoldSettings(project=project)
    people = {
        found.user_id: found.user
        for found in Membership.objects.filter(project=project).select_related("user")
        if found.role != Role.ENGINEER
    }
    scores: dict[UUID, list[float]] = {}
    rows = (
        Attempt.objects.filter(
            gold__project=project, step__isnull=True, scored_at__isnull=False, user__in=people
        )
        .order_by("-scored_at")
        .values_list("user", "score")
    )
    for user_id, score in rows:
        if score is not None:
            scores.setdefault(user_id, []).append(score)
    skills: dict[UUID, list[str]] = {}
    held = Qualification.objects.filter(skill__project=project).order_by("skill__name")
    for user_id, name in held.values_list("user", "skill__name"):
        skills.setdefault(user_id, []).append(name)
    found: list[tuple[float, str, dict[str, Any]]] = []
    for user_id, person in people.items():
        newest = scores.get(user_id, [])[: settings.window]
        score = sum(newest) / len(newest) if newest else None
        row = {
            "user": person,
            "score": score,
            "tasks": len(scores.get(user_id, [])),
            "skills": skills.get(user_id, []),
        }
        # Scores end at 1: who has none comes last.
        found.append((2.0 if score is None else score, person.username, row))
    return [row for _, _, row in sorted(found, key=lambda entry: entry[:2])]


def attempts_listed(project: Project, user_id: UUID | None = None) -> QuerySet[Attempt]:
    """Return a project's scored attempts for its admins, of all or of one, the newest first."""
    of = Q() if user_id is None else Q(user=user_id)
    return (
        Attempt.objects.filter(of, gold__project=project, scored_at__isnull=False)
        .select_related("user", "gold__clip", "step")
        .defer("report")
        .order_by(F("scored_at").desc(), "id")
    )
