"""What the workers do every few seconds beside their jobs, as deadlines in the database say."""

import logging
from collections.abc import Callable
from typing import Final

logger = logging.getLogger(__name__)

#: Finds what is due and does it, or queues it. Runs in every worker at once: rows are taken with
#: ``FOR UPDATE SKIP LOCKED`` or by compare-and-swap.
Periodic = Callable[[], object]

_PERIODIC: Final[list[Periodic]] = []


def periodic(function: Periodic) -> Periodic:
    """Have a function run every few seconds in every worker."""
    if function not in _PERIODIC:
        _PERIODIC.append(function)
    return function


def run_periodic() -> None:
    """Run all of them, one after another; one that fails doesn't keep the others."""
    for function in _PERIODIC:
        try:
            function()
        except Exception:
            logger.exception("%s", getattr(function, "__name__", function))
