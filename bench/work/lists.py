"""Lists of 100,000 tasks: pages, filters, orders, the board, a file, a bulk change.

``python -m bench work.lists``; ``python -m bench.work.lists`` alone prints the figures as JSON, of
a new database in ``LABELAPP_DATA_DIR``. Times are those of the views, without the web server.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.table import Line, benchmark

TASKS = 100_000
#: Asked for by the product's bars.
BAR_MS = 200.0
_TOGETHER = 5000
_REPEATS = 3

QUERIES = {
    "by priority": "",
    "by priority, last page": "DEEP",
    "by age": "sort=ready_since",
    "by change": "sort=-changed_at",
    "by clip": "sort=clip",
    "by clip, backwards": "sort=-clip",
    "one stage and state": "stage=review&state=ready",
    "held (few), by clip": "state=held&sort=clip",
    "clip's name": "search=clip 4711",
    "somebody's work": "labeller=LABELLER",
    "who has it": "holder=LABELLER",
    "waits for 50 h": "older_than_h=50",
    "nobody in person, urgent": "assigned_to=none&priority_from=8",
}


@benchmark("work.lists", only_named=True)
def lists() -> Iterator[Line]:
    """Every list within the bar."""
    with tempfile.TemporaryDirectory(prefix="labelapp-bench-") as folder:
        environment = {**os.environ, "LABELAPP_DATA_DIR": folder}
        done = subprocess.run(
            [sys.executable, "-m", "bench.work.lists"],
            env=environment, check=True, capture_output=True, text=True,
        )  # fmt: skip
    for name, taken_ms in json.loads(done.stdout.splitlines()[-1]).items():
        has_bar = not name.startswith("(")
        yield Line(
            f"{TASKS:,} tasks: {name.strip('()')}",
            f"{taken_ms:.0f} ms",
            f"{BAR_MS:.0f} ms" if has_bar else "",
            ratio=taken_ms / BAR_MS if has_bar else None,
            bar=1.0 if has_bar else None,
            at_least=False,
            note="best of 3, database and server on one machine",
        )


def main() -> int:
    """Make the tasks, ask for the lists, print milliseconds by name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labelapp.config.settings")
    os.environ.setdefault("LABELAPP_DEBUG", "1")
    import django
    from django.conf import settings

    from labelapp.common import embedded

    with embedded.in_use(settings.DATA_DIR):
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        client, labeller = _people()
        _fill(labeller)
        print(json.dumps(_measure(client, str(labeller.pk))))
    return 0


def _people() -> tuple[Any, Any]:
    from django.test import Client

    from labelapp.accounts.models import User
    from labelapp.projects.models import Membership, Project, Role
    from labelapp.work.models import Workflow

    project = Project.objects.create(slug="a", name="A")
    admin, labeller = (User.objects.create_user(name) for name in ("admin", "labeller"))
    Membership.objects.create(project=project, user=admin, role=Role.ADMIN)
    Membership.objects.create(project=project, user=labeller, role=Role.LABELLER)
    Workflow.objects.create(project=project)
    client = Client(SERVER_NAME="localhost")
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    return client, labeller


def _fill(labeller: Any) -> None:
    """Clips, label sets and tasks at all stages, most of the same priority; a week of events."""
    import random

    from django.db import connection
    from django.utils import timezone

    from labelapp.clips.models import Clip
    from labelapp.labels.models import LabelSet
    from labelapp.projects.models import Project
    from labelapp.work.models import Lease, Task, TaskEvent

    draw, now, project = random.Random(5), timezone.now(), Project.objects.get(slug="a")
    for first in range(0, TASKS, _TOGETHER):
        clips = Clip.objects.bulk_create(
            Clip(
                project=project, name=f"clip {number}", content_hash=uuid.uuid4().hex * 2,
                storage_prefix=uuid.uuid4().hex, start_ns=0, end_ns=10**10, camera_count=1,
                image_count=10, picture_count=10, sweep_count=1, tick_count=1, stored_bytes=1,
            )
            for number in range(first, first + _TOGETHER)
        )  # fmt: skip
        sets = LabelSet.objects.bulk_create(
            LabelSet(clip=clip, layer="objects", source="human") for clip in clips
        )
        tasks = []
        for label_set in sets:
            stage, state = draw.choices(
                [("label", "ready"), ("review", "ready"), ("fix", "ready"), ("label", "held"),
                 ("label", "leased"), ("accepted", "closed")],
                [50, 20, 5, 0.1, 0.9, 24],
            )[0]  # fmt: skip
            age = timedelta(seconds=draw.randrange(100 * 3600))
            tasks.append(
                Task(
                    project=project, clip=label_set.clip, label_set=label_set, layer="objects",
                    stage=stage, state=state, priority=draw.choice([0] * 90 + list(range(10))),
                    labeller=None if stage == "label" or draw.random() < 0.99 else labeller,
                    ready_since=now - age, changed_at=now - age, lease_count=1,
                )
            )  # fmt: skip
        Task.objects.bulk_create(tasks)
        Lease.objects.bulk_create(
            Lease(task=task, holder=labeller, token=1, stage="label", expires_at=now)
            for task in tasks if task.state == "leased"
        )  # fmt: skip
        TaskEvent.objects.bulk_create(
            TaskEvent(
                task=task, action=action, actor=labeller, stage_before="label",
                stage="review", state_before="leased", state="ready",
                created_at=now - timedelta(seconds=draw.randrange(30 * 86400)),
            )
            for task in tasks if task.stage != "label"
            for action in ("claim", "submit")
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _measure(client: Any, labeller_id: str) -> dict[str, float]:
    from labelapp.work.models import Task

    found = {}
    for name, query in QUERIES.items():
        asked = query.replace("LABELLER", labeller_id)
        path = f"/api/projects/a/tasks?page_size=100&{asked}"
        if query == "DEEP":
            path = _deep(client)
        found[name] = _best_ms(client, path)
    found["board"] = _best_ms(client, "/api/projects/a/board")
    found["board, one stage"] = _best_ms(client, "/api/projects/a/board?stage=review")
    found["live"] = _best_ms(client, "/api/projects/a/at-work")
    found["(plots of 30 days)"] = _best_ms(client, "/api/projects/a/work-by-day")
    found["people"] = _best_ms(client, "/api/projects/a/people")
    found["(all of them as CSV)"] = _best_ms(client, "/api/projects/a/tasks/file")
    ids = list(Task.objects.filter(state="ready").values_list("pk", flat=True)[:10_000])
    body = {"task_ids": [str(key) for key in ids], "action": "hold"}
    for name, more in (("preview", {"dry_run": True}), ("change", {})):
        start = time.perf_counter()
        answer = client.post(
            "/api/projects/a/tasks/change", body | more, content_type="application/json"
        )
        assert answer.json()["changed"] == len(ids), answer.content[:300]
        found[f"({name} of 10,000)"] = (time.perf_counter() - start) * 1000
    return found


def _deep(client: Any) -> str:
    """The page behind 90,000 others, of tasks that are all of the same priority for long."""
    from labelapp.common.keyset import page_after
    from labelapp.work.models import Task

    order = ("-priority", "ready_since", "id")
    last = Task.objects.order_by("priority", "-ready_since", "-id")[10_000]
    page, cursor = page_after(
        Task.objects.filter(priority=last.priority, ready_since__gte=last.ready_since),
        order, cursor=None, size=1,
    )  # fmt: skip
    assert page[0] == last
    return f"/api/projects/a/tasks?page_size=100&cursor={cursor}"


def _best_ms(client: Any, path: str) -> float:
    def ask() -> None:
        answer = client.get(path)
        assert answer.status_code == 200, answer.content[:300]
        if answer.streaming:
            for _ in answer.streaming_content:
                pass

    return 1000 * min(_timed(ask) for _ in range(_REPEATS))


def _timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    Path(os.environ["LABELAPP_DATA_DIR"]).mkdir(exist_ok=True)
    sys.exit(main())
