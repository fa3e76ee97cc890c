"""A project with a workflow, and tasks."""

from collections.abc import Callable
from typing import Any

import pytest

from labelapp.work.models import Task, Workflow
from labelapp.work.services import tasks_create, workflow_save


@pytest.fixture
def workflow(cast: Any, ontology: Any) -> Workflow:
    """Project A works by tasks, all of which are reviewed."""
    return workflow_save(actor=cast["admin"], project=cast.project)


@pytest.fixture
def make_tasks(cast: Any, workflow: Workflow, make_clip: Any) -> Callable[..., list[Task]]:
    """Makes clips and a task for each."""

    def make(count: int = 1, **rule: Any) -> list[Task]:
        clips = [make_clip(name=f"clip {number}") for number in range(count)]
        rule.setdefault("clip_ids", [clip.pk for clip in clips])
        return tasks_create(actor=cast["admin"], project=cast.project, layer="objects", **rule)

    return make
