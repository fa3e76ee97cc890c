"""A project that works by tasks, real small clips, and a model's labels of them."""

from tests.integration.training.conftest import stored_clip, workflow

__all__ = ["stored_clip", "workflow"]
