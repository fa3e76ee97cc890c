"""What can go wrong with gold and courses."""

from labelapp.common.errors import ConflictError, NotFoundError


class AttemptNotFoundError(NotFoundError):
    """There is no such attempt, or it is not the caller's to see (yet)."""


class CourseClosedError(ConflictError):
    """The course, or this step of it, is not open to the caller."""

    code = "course_closed"
