"""Kinds of jobs for tests; files say what they did, since they run in other processes."""

import os
import time
from pathlib import Path

from labelapp.common.errors import DomainError
from labelapp.common.jobs import JobContext, job


class SpoiltError(DomainError):
    """What a job of the kind ``test.spoilt`` raises."""


@job("test.append")
def append(context: JobContext, *, path: str) -> None:
    """Write a line for each attempt."""
    with Path(path).open("a") as file:
        file.write(f"{context.attempt}\n")


@job("test.steps")
def steps(context: JobContext, *, path: str, count: str, seconds: str) -> None:
    """Make as many files as are missing, slowly, then publish a last one."""
    folder = Path(path)
    folder.mkdir(exist_ok=True)
    for step in range(int(count)):
        context.progress(step, int(count), f"step {step}")
        if not (folder / str(step)).exists():
            time.sleep(float(seconds))
            (folder / str(step)).write_text(str(context.attempt))
    context.progress(int(count))
    with context.publish("published"):
        (folder / "published").write_text(str(context.attempt))


@job("test.die")
def die(context: JobContext, *, path: str) -> None:
    """Take the worker process down, every time."""
    append(context, path=path)
    os.kill(os.getpid(), 9)


@job("test.spoilt")
def spoilt(context: JobContext) -> None:
    raise SpoiltError("images.csv: expected a header, found nothing")


@job("test.bug")
def bug(context: JobContext) -> None:
    raise ZeroDivisionError("a bug")
