"""What can go wrong with tasks."""

from typing import ClassVar

from labelapp.common.errors import ConflictError, NotFoundError


class TaskNotFoundError(NotFoundError):
    """There is no such task, or the caller may not know of it."""


class TransitionError(ConflictError):
    """The task is not where this can be done with it."""

    code = "wrong_stage"


class LeaseLostError(ConflictError):
    """The lease has ended: somebody else may work on the task by now."""

    code: ClassVar[str] = "lease_lost"
