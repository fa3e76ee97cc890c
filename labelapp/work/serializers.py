"""What tasks look like in the API."""

from typing import Any

from rest_framework import serializers

from labelapp.work.models import Lease, Task, TaskEvent, Workflow
from labelapp.work.services.task_finish import MINE
from labelapp.work.services.task_manage import BULK
from labelapp.work.stages import Action, Stage, State


def _values(of: Any) -> list[str]:
    return [one.value for one in of]


class PersonOutput(serializers.Serializer[Any]):
    """Somebody, as others see them."""

    id = serializers.UUIDField()
    name = serializers.CharField(source="shown_name")


class WorkflowFields(serializers.ModelSerializer[Workflow]):
    """How work goes in a project; all fields may be left out."""

    class Meta:
        model = Workflow
        fields = [
            "review_share",
            "trusted_review_share",
            "trusted_from_tasks",
            "trusted_from_share",
            "second_review_share",
            "lease_s",
            "preferred_s",
            "share",
        ]


class LeaseOutput(serializers.Serializer[Any]):
    """Somebody has a task; `token` goes with all that they save, as `X-Lease: id:token`."""

    id = serializers.UUIDField()
    token = serializers.IntegerField()
    stage = serializers.ChoiceField(choices=_values(Stage))
    holder = PersonOutput()
    started_at = serializers.DateTimeField(source="created_at")
    heard_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True, help_text="null: paused")
    ended_at = serializers.DateTimeField(allow_null=True)


class TaskOutput(serializers.Serializer[Any]):
    """A task; `lease` is that of whoever has it now."""

    id = serializers.UUIDField()
    project = serializers.SlugField(source="clip.project.slug")
    clip_id = serializers.UUIDField()
    clip_name = serializers.CharField(source="clip.name")
    label_set_id = serializers.UUIDField()
    layer = serializers.CharField()
    from_ns = serializers.CharField(allow_null=True, help_text="null: all of the clip")
    to_ns = serializers.CharField(allow_null=True)
    stage = serializers.ChoiceField(choices=_values(Stage))
    state = serializers.ChoiceField(choices=_values(State))
    priority = serializers.IntegerField()
    skill = serializers.CharField(source="skill.name", default="")
    assigned_to = PersonOutput(allow_null=True)
    labeller = PersonOutput(allow_null=True)
    reviewer = PersonOutput(allow_null=True)
    sent_back_count = serializers.IntegerField()
    ready_since = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()
    lease = LeaseOutput(allow_null=True)


class TaskEventOutput(serializers.ModelSerializer[TaskEvent]):
    """Something that happened to a task."""

    actor = PersonOutput(allow_null=True)

    class Meta:
        model = TaskEvent
        fields = [
            *("id", "action", "actor", "stage_before", "stage", "state_before", "state"),
            *("note", "revision", "details", "created_at"),
        ]


class ClaimInput(serializers.Serializer[Any]):
    """What somebody wants to work on."""

    project = serializers.SlugField(allow_null=True, default=None, help_text="null: any")
    task_id = serializers.UUIDField(
        allow_null=True,
        default=None,
        help_text="this one, which waits for the caller in person (admins: any); null: the next",
    )


class ClaimOutput(serializers.Serializer[Any]):
    """The task one has got, or null and why there is none."""

    task = TaskOutput(allow_null=True)
    message = serializers.CharField()


class TokenInput(serializers.Serializer[Any]):
    """The fencing token of a lease."""

    token = serializers.IntegerField(min_value=1, max_value=2**62)


class FinishInput(TokenInput):
    """What one does with a task that one has."""

    action = serializers.ChoiceField(choices=_values(MINE))
    note = serializers.CharField(allow_blank=True, default="", max_length=10_000)
    to = serializers.UUIDField(allow_null=True, default=None, help_text="for hand_over")


class TasksCreateInput(serializers.Serializer[Any]):
    """The rule by which tasks are made: one a clip that has none in this layer."""

    layer = serializers.CharField(max_length=64)
    clip_ids = serializers.ListField(
        child=serializers.UUIDField(), allow_null=True, default=None, max_length=10_000
    )
    priority = serializers.IntegerField(default=0, min_value=-(2**31), max_value=2**31 - 1)
    skill = serializers.RegexField(
        r"^[a-z][a-z0-9_]*$", default="", allow_blank=True, max_length=64
    )


class TasksCreateOutput(serializers.Serializer[Any]):
    """How many tasks were made."""

    created = serializers.IntegerField()


class TasksChangeInput(serializers.Serializer[Any]):
    """One thing done to many tasks."""

    task_ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=10_000)
    action = serializers.ChoiceField(choices=_values([*BULK, Action.SPLIT]))
    note = serializers.CharField(allow_blank=True, default="", max_length=10_000)
    to = serializers.UUIDField(allow_null=True, default=None, help_text="for assign; null: anybody")
    priority = serializers.IntegerField(
        allow_null=True, default=None, min_value=-(2**31), max_value=2**31 - 1
    )
    parts = serializers.IntegerField(default=2, min_value=2, max_value=20, help_text="for split")


class RefusedOutput(serializers.Serializer[Any]):
    """A task to which it could not be done."""

    task_id = serializers.UUIDField()
    message = serializers.CharField()


class TasksChangeOutput(serializers.Serializer[Any]):
    """To how many it was done, and to which it could not be."""

    changed = serializers.IntegerField()
    refused = RefusedOutput(many=True)


class BoardColumnOutput(serializers.Serializer[Any]):
    """How many tasks of a layer are at a stage and in a state."""

    layer = serializers.CharField()
    stage = serializers.ChoiceField(choices=_values(Stage))
    state = serializers.ChoiceField(choices=_values(State))
    count = serializers.IntegerField()
    waiting_since = serializers.DateTimeField(allow_null=True)


class BoardOutput(serializers.Serializer[Any]):
    """A project's queues."""

    columns = BoardColumnOutput(many=True)
    done_last_day = serializers.DictField(child=serializers.IntegerField())
    stages = serializers.ListField(child=serializers.ChoiceField(choices=_values(Stage)))


class AtWorkOutput(serializers.Serializer[Any]):
    """Who works on what."""

    holder = PersonOutput()
    task_id = serializers.UUIDField()
    clip_name = serializers.CharField(source="task.clip.name")
    layer = serializers.CharField(source="task.layer")
    stage = serializers.ChoiceField(choices=_values(Stage))
    started_at = serializers.DateTimeField(source="created_at")
    heard_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)


class ReasonOutput(serializers.Serializer[Any]):
    """Why a task comes to somebody, in the words of who sent it."""

    note = serializers.CharField()
    actor = PersonOutput(allow_null=True)
    action = serializers.CharField()
    created_at = serializers.DateTimeField()


class HomeTaskOutput(TaskOutput):
    """A task of the caller's, and why it came to them."""

    reason = ReasonOutput(allow_null=True)


class QueueOutput(serializers.Serializer[Any]):
    """How much waits that the caller could get."""

    project = serializers.SlugField()
    project_name = serializers.CharField()
    layer = serializers.CharField()
    stage = serializers.ChoiceField(choices=_values(Stage))
    count = serializers.IntegerField()


class TodayOutput(serializers.Serializer[Any]):
    """What the caller did, and what became of their own work meanwhile."""

    submitted = serializers.IntegerField()
    reviewed = serializers.IntegerField()
    accepted = serializers.IntegerField()
    sent_back = serializers.IntegerField()


class HomeOutput(serializers.Serializer[Any]):
    """What somebody finds when they come to work."""

    works_by_tasks = serializers.BooleanField()
    held = HomeTaskOutput(many=True)
    waiting = HomeTaskOutput(many=True)
    queues = QueueOutput(many=True)
    today = TodayOutput()


class LabelSetTaskOutput(serializers.Serializer[Any]):
    """The task on a label set, where its project works by tasks."""

    works_by_tasks = serializers.BooleanField()
    task = HomeTaskOutput(allow_null=True)


class MemberOutput(serializers.Serializer[Any]):
    """A member of a project, as all other members see them."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    role = serializers.CharField()


def home_task_json(task: Task, lease: Lease | None, reason: TaskEvent | None) -> dict[str, Any]:
    """A task of somebody's, with the reason why it came to them."""
    task.lease = lease  # type: ignore[attr-defined]  # what the serializer reads
    task.reason = reason  # type: ignore[attr-defined]
    found: dict[str, Any] = dict(HomeTaskOutput(task).data)
    return found


def task_json(task: Task, lease: Lease | None) -> dict[str, Any]:
    """A task as the API gives it."""
    task.lease = lease  # type: ignore[attr-defined]  # what the serializer reads
    found: dict[str, Any] = dict(TaskOutput(task).data)
    return found
