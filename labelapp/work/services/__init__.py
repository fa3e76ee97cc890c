"""What is done to tasks: one service, one file."""

from labelapp.work.services.leases import lease_heartbeat, lease_hold, leases_expire
from labelapp.work.services.task_claim import Claimed, held_by, task_claim
from labelapp.work.services.task_finish import task_finish
from labelapp.work.services.task_manage import tasks_create, tasks_to_create, workflow_save
from labelapp.work.services.tasks_bulk import Change, tasks_change, tasks_preview

__all__ = [
    "Change",
    "Claimed",
    "held_by",
    "lease_heartbeat",
    "lease_hold",
    "leases_expire",
    "task_claim",
    "task_finish",
    "tasks_change",
    "tasks_create",
    "tasks_preview",
    "tasks_to_create",
    "workflow_save",
]
