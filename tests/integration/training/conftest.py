"""A project that works by tasks, with real small clips, and gold of them."""

from collections.abc import Callable
from typing import Any

import pytest

from labelapp.clips.models import Clip
from labelapp.clips.services import clip_import
from labelapp.labels.services import label_set_import
from labelapp.training.models import Gold
from labelapp.training.services import gold_create
from labelapp.work.models import Workflow
from labelapp.work.services import workflow_save
from tests.integration.clip_folders import cuboid, write_clip_folder


@pytest.fixture
def workflow(cast: Any, ontology: Any) -> Workflow:
    """Project A works by tasks, all of which are reviewed."""
    return workflow_save(actor=cast["admin"], project=cast.project)


@pytest.fixture
def stored_clip(cast: Any, workflow: Any, tmp_path: Any) -> Callable[[str], Clip]:
    """Imports small clips, whose ticks can be compared at."""

    def make(name: str = "street") -> Clip:
        folder = write_clip_folder(tmp_path / name)
        text = (folder / "clip.json").read_text()
        # Another content, or it would be the same clip.
        (folder / "clip.json").write_text(
            text.replace('"attributes": {', f'"attributes": {{"n": "{name}", ', 1)
        )
        return clip_import(
            actor=None, project=cast.project, folder=folder, progress=lambda *_: None
        ).clip

    return make


@pytest.fixture
def make_gold(cast: Any, stored_clip: Any) -> Callable[..., Gold]:
    """Makes gold of one parked car in a clip of its own."""

    def make(name: str = "street", *, is_hidden_check: bool = True) -> Gold:
        label_set = label_set_import(
            actor=None,
            clip=stored_clip(name),
            layer="objects",
            source="gold",
            labels=[cuboid(f"gold-{name}")],
        )
        return gold_create(
            actor=cast["admin"],
            project=cast.project,
            label_set=label_set,
            is_hidden_check=is_hidden_check,
        )

    return make
