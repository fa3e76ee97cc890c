"""Waiting for jobs on the server."""

import time
from collections.abc import Callable
from typing import Any

from labelapp.client.errors import JobFailedError, WaitedInVainError

#: Told what is being done, how much of it is done, and how much there is (None: not known yet).
Progress = Callable[[str, int, int | None], None]

_SOONEST_S = 0.2
_LATEST_S = 5.0
_ENDED = {"failed": "failed", "cancelled": "was cancelled"}


def silent(stage: str, done: int, total: int | None) -> None:
    """Say nothing."""


def wait_for(
    ask: Callable[[], dict[str, Any]],
    tell: Callable[[dict[str, Any]], None],
    *,
    timeout_s: float | None,
    what: str,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """Ask again and again until a job is done, and return the last answer.

    Args:
        ask: returns something with ``state`` and ``message``.
        tell: called with each answer.
        timeout_s: how long to wait; None: for ever.
        what: names the job in sentences.
        sleep: waits so many seconds.

    Raises:
        JobFailedError: it failed, or was cancelled.
        WaitedInVainError: it isn't done yet.
    """
    began = time.monotonic()
    pause = _SOONEST_S
    while True:
        answer = ask()
        tell(answer)
        state = answer["state"]
        if state == "done":
            return answer
        if state in _ENDED:
            sentence = answer.get("message") or "the server says no more"
            raise JobFailedError(f"{what} {_ENDED[state]}: {sentence}", state=state)
        if timeout_s is not None and time.monotonic() - began + pause > timeout_s:
            msg = f"{what} is {state} after {timeout_s:g} s; it goes on, ask again later."
            raise WaitedInVainError(msg)
        sleep(pause)
        pause = min(_LATEST_S, pause * 1.3)
