"""What tasks look like in the API."""

from typing import Any

from rest_framework import serializers

from labelapp.labels.models import MACHINES
from labelapp.work.models import Lease, Task, TaskEvent, Workflow
from labelapp.work.services.task_finish import MINE
from labelapp.work.services.task_manage import FIRST_STAGES
from labelapp.work.services.tasks_bulk import BULK
from labelapp.work.stages import Stage, State


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


class TaskPageOutput(serializers.Serializer[Any]):
    """A page of tasks; `count` comes with the first one: how many there are in all."""

    results = TaskOutput(many=True)
    next = serializers.CharField(allow_null=True, help_text="path of that page, or null")
    count = serializers.IntegerField(allow_null=True)


class PlaceFields(serializers.Serializer[Any]):
    """A rectangle around clips' origins, degrees; it may cross the 180th meridian."""

    south = serializers.FloatField()
    west = serializers.FloatField()
    north = serializers.FloatField()
    east = serializers.FloatField()


class ClipRuleInput(serializers.Serializer[Any]):
    """What clips have to be; what is left out may be anything."""

    search = serializers.CharField(required=False, allow_blank=True, help_text="in the name")
    attributes = serializers.DictField(
        child=serializers.ListField(child=serializers.JSONField()),
        required=False,
        help_text="by name: one of these values",
    )
    place = PlaceFields(required=False, allow_null=True)
    simulated = serializers.BooleanField(required=False, allow_null=True)
    labelled_by = serializers.CharField(
        required=False, allow_blank=True, help_text="has a label set of this source in the layer"
    )


class StartFromInput(serializers.Serializer[Any]):
    """What a task's labels begin as: a copy of a machine's, to be accepted or corrected."""

    source = serializers.ChoiceField(choices=MACHINES, default="model")  # type: ignore[assignment]  # so called
    name = serializers.CharField(
        allow_blank=True, default="", max_length=100, help_text="of the label set"
    )
    min_score = serializers.FloatField(
        default=0.0, min_value=0.0, max_value=1.0, help_text="labels below it are left out"
    )


class TasksCreateInput(serializers.Serializer[Any]):
    """The rule by which tasks are made: of the clips that have none in this layer."""

    layer = serializers.CharField(max_length=64)
    clip_ids = serializers.ListField(
        child=serializers.UUIDField(), allow_null=True, default=None, max_length=10_000
    )
    clips = ClipRuleInput(required=False, allow_null=True)
    stage = serializers.ChoiceField(choices=_values(FIRST_STAGES), default=Stage.LABEL.value)
    priority = serializers.IntegerField(default=0, min_value=-(2**31), max_value=2**31 - 1)
    skill = serializers.RegexField(
        r"^[a-z][a-z0-9_]*$", default="", allow_blank=True, max_length=64
    )
    start_from = StartFromInput(
        allow_null=True, default=None, help_text="null: nothing is there at first"
    )
    piece_s = serializers.FloatField(
        allow_null=True,
        default=None,
        help_text="longer clips get several tasks, parts at most so long; null: one for all of it",
    )
    dry_run = serializers.BooleanField(default=False, help_text="count only")


class TasksCreateOutput(serializers.Serializer[Any]):
    """How many tasks were made, and how many more the same request would make."""

    created = serializers.IntegerField()
    left = serializers.IntegerField()


class TasksChangeInput(serializers.Serializer[Any]):
    """One thing done to many tasks: those named, or all that filters find."""

    task_ids = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=10_000, required=False
    )
    query = serializers.CharField(
        allow_blank=True,
        allow_null=True,
        default=None,
        max_length=10_000,
        help_text="instead of task_ids: filters as in the address of the list",
    )
    action = serializers.ChoiceField(choices=_values(BULK))
    note = serializers.CharField(allow_blank=True, default="", max_length=10_000)
    to = serializers.UUIDField(allow_null=True, default=None, help_text="for assign; null: anybody")
    priority = serializers.IntegerField(
        allow_null=True, default=None, min_value=-(2**31), max_value=2**31 - 1
    )
    parts = serializers.IntegerField(default=2, min_value=2, max_value=20, help_text="for split")
    dry_run = serializers.BooleanField(default=False, help_text="change nothing")


class RefusedOutput(serializers.Serializer[Any]):
    """A task to which it could not be done."""

    task_id = serializers.UUIDField()
    message = serializers.CharField()


class ReasonCountOutput(serializers.Serializer[Any]):
    """Why it could not be done, and to how many tasks."""

    message = serializers.CharField()
    count = serializers.IntegerField()


class TasksChangeOutput(serializers.Serializer[Any]):
    """To how many it was done (with dry_run: would be), and to which it could not be."""

    changed = serializers.IntegerField()
    refused = RefusedOutput(many=True)
    reasons = ReasonCountOutput(many=True)


class BoardColumnOutput(serializers.Serializer[Any]):
    """How many tasks of a layer are at a stage and in a state."""

    layer = serializers.CharField()
    stage = serializers.ChoiceField(choices=_values(Stage))
    state = serializers.ChoiceField(choices=_values(State))
    count = serializers.IntegerField()
    waiting_since = serializers.DateTimeField(allow_null=True)


class BoardPriorityOutput(serializers.Serializer[Any]):
    """How many open tasks have a priority."""

    priority = serializers.IntegerField()
    ready = serializers.IntegerField()
    taken = serializers.IntegerField()
    held = serializers.IntegerField()
    waiting_since = serializers.DateTimeField(allow_null=True)


class BoardDoneOutput(serializers.Serializer[Any]):
    """How many tasks of a layer left a stage lately."""

    layer = serializers.CharField()
    stage = serializers.ChoiceField(choices=_values(Stage))
    last_day = serializers.IntegerField()
    last_week = serializers.IntegerField()


class BoardOutput(serializers.Serializer[Any]):
    """A project's queues."""

    count = serializers.IntegerField()
    columns = BoardColumnOutput(many=True)
    priorities = BoardPriorityOutput(many=True)
    done = BoardDoneOutput(many=True)
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
