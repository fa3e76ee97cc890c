"""What is done to tasks: one service, one file."""

from labelapp.work.services.leases import lease_heartbeat, lease_hold, leases_expire
from labelapp.work.services.task_claim import Claimed, held_by, task_claim
from labelapp.work.services.task_finish import task_finish
from labelapp.work.services.task_manage import tasks_change, tasks_create, workflow_save
from labelapp.work.services.task_split import tasks_split

__all__ = [
    "Claimed",
    "held_by",
    "lease_heartbeat",
    "lease_hold",
    "leases_expire",
    "task_claim",
    "task_finish",
    "tasks_change",
    "tasks_create",
    "tasks_split",
    "workflow_save",
]
