"""Which function does which kind of job."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from labelapp.common.errors import DomainError

if TYPE_CHECKING:
    from labelapp.common.jobs.context import JobContext

#: ``function(context, **ids)``: idempotent, since a job whose worker died is run again.
JobFunction: TypeAlias = "Callable[..., None]"

_functions: dict[str, JobFunction] = {}


class UnknownJobError(DomainError):
    """No function of this program does this kind of job."""

    code = "unknown_job"
    http_status = 500


def job(kind: str) -> Callable[[JobFunction], JobFunction]:
    """Return a decorator that makes a function do the jobs of one kind."""

    def register(function: JobFunction) -> JobFunction:
        known = _functions.setdefault(kind, function)
        if known is not function:
            msg = f"two functions for jobs of kind {kind!r}: {known!r} and {function!r}"
            raise ValueError(msg)
        return function

    return register


def run_function(kind: str, context: "JobContext", arguments: dict[str, str]) -> None:
    """Run the function of a kind.

    Raises:
        UnknownJobError: this worker's code is older than the one that made the job.
    """
    function = _functions.get(kind)
    if function is None:
        msg = f"This worker does not know jobs of kind '{kind}'; it knows {sorted(_functions)}."
        raise UnknownJobError(msg)
    function(context, **arguments)
