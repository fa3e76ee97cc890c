"""Splitting a clip by time: several people label it, each a part."""

import math
from itertools import pairwise

from labelapp.accounts.models import User
from labelapp.work.journal import move, write
from labelapp.work.models import Task
from labelapp.work.stages import Action, Place, Stage, State

#: A part shorter than this is no work of its own.
_SHORTEST_NS = 100_000_000
#: Shorter pieces aren't asked for when tasks are made, seconds.
SHORTEST_PIECE_S = 1.0


def why_not_split(task: Task, parts: int) -> str | None:
    """Return why a task can't be split into parts of the same length; None: it can."""
    if task.stage != Stage.LABEL:
        return f"Only what is to be labelled can be split; this is at the stage {task.stage}."
    begin, end = _span(task)
    if (end - begin) // parts < _SHORTEST_NS:
        return f"In {parts} parts each would be shorter than {_SHORTEST_NS / 1e9:g} s."
    return None


def pieces(
    start_ns: int, end_ns: int, piece_s: float | None
) -> list[tuple[int | None, int | None]]:
    """Return the parts of a clip, as few as are at most so long, all of the same length.

    Args:
        start_ns: The clip's beginning.
        end_ns: Its end, which belongs to the last part.
        piece_s: The longest that a part may be, seconds; None: as long as it likes.

    Returns:
        From when to when, the end not part of it; ``(None, None)`` alone: all of the clip.
    """
    count = 1 if piece_s is None else math.ceil((end_ns - start_ns) / 1e9 / piece_s)
    if count <= 1:
        return [(None, None)]
    return list(pairwise(_cuts(start_ns, end_ns + 1, count)))


def _cuts(begin_ns: int, end_ns: int, parts: int) -> list[int]:
    return [begin_ns + (end_ns - begin_ns) * i // parts for i in range(parts + 1)]


def _span(task: Task) -> tuple[int, int]:
    begin = task.clip.start_ns if task.from_ns is None else task.from_ns
    # What is there at the very end of the clip belongs to its last part.
    end = task.clip.end_ns + 1 if task.to_ns is None else task.to_ns
    return begin, end


def split(task: Task, actor: User, parts: int) -> None:
    """Split a task that can be, whose row the caller has locked.

    It becomes its first part; the others are new tasks on the same label set, at the same stage,
    with the same priority and skill. Parts touch, and don't overlap.
    """
    begin, end = _span(task)
    spans = list(pairwise(_cuts(begin, end, parts)))
    task.from_ns, task.to_ns = spans[0]
    move(task, Action.SPLIT, actor, parts=parts)
    for from_ns, to_ns in spans[1:]:
        part = Task.objects.create(
            project_id=task.project_id,
            clip=task.clip,
            label_set=task.label_set,
            layer=task.layer,
            from_ns=from_ns,
            to_ns=to_ns,
            priority=task.priority,
            skill_id=task.skill_id,
        )
        at = Place(Stage.LABEL, State.READY)
        write(part, Action.CREATE, actor, at, split_from=str(task.pk))
