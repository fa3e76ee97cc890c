"""What a claim reads does not grow with the queue."""

import importlib
import json
from typing import Any

from django.db import connection

from labelapp.clips.models import Clip
from labelapp.work import hooks

#: ``services`` has the function of this name.
task_claim = importlib.import_module("labelapp.work.services.task_claim")
_MANY = 2000


def rows_read(plan: dict[str, Any]) -> int:
    """Return the rows of tasks that the nodes of a plan have looked at."""
    own = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    of_tasks = plan.get("Relation Name") == "work_task" or "task_" in plan.get("Index Name", "")
    read = round(own * plan["Actual Loops"]) if of_tasks else 0
    return read + sum(rows_read(part) for part in plan.get("Plans", []))


def test_a_claim_reads_the_head_of_the_queue_and_no_more(cast, make_tasks, make_clip) -> None:
    one = make_clip(name="one")
    fields = {
        field.attname: getattr(one, field.attname)
        for field in Clip._meta.concrete_fields
        if field.attname not in {"id", "name", "content_hash", "storage_prefix"}
    }
    clips = Clip.objects.bulk_create(
        Clip(**fields, name=f"c{n}", content_hash=f"{n:064x}", storage_prefix=f"p{n}")
        for n in range(_MANY)
    )
    make_tasks(0, clip_ids=[clip.pk for clip in clips])
    values = {"user": cast["labeller"].pk, "project": None, "stages": ["review", "fix", "label"]}
    more = "".join(f" AND ({condition})" for condition in hooks.claim_conditions)
    statement = task_claim._CLAIM_ANY.replace(task_claim._AND_MORE, more)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE work_task")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values)
        answer = cursor.fetchone()[0]
    (found,) = json.loads(answer) if isinstance(answer, str) else answer
    assert 1 <= rows_read(found["Plan"]) <= 20
