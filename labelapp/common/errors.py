"""What can go wrong, as the domain says it.

Services, selectors and policies raise these; ``labelapp.common.error_responses`` turns them into
HTTP answers and commands into a sentence. Programs switch on ``code``, people read ``message``.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class DomainError(Exception):
    """What the caller asked for cannot be done; the message is a sentence that says why."""

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 400

    def __init__(self, message: str, *, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details: dict[str, Any] = dict(details or {})


class InvalidError(DomainError):
    """Input that cannot be taken; ``details.fields`` names the fields where there are some."""

    code = "invalid"
    http_status = 400


class NotFoundError(DomainError):
    """The thing does not exist, or the caller may not know that it does."""

    code = "not_found"
    http_status = 404


class ForbiddenError(DomainError):
    """The caller sees the thing but may not do this with it."""

    code = "forbidden"
    http_status = 403


class ConflictError(DomainError):
    """What the caller wants contradicts the state that the server has now."""

    code = "conflict"
    http_status = 409
