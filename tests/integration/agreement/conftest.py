"""A project that works by tasks, and real small clips, whose ticks can be compared at."""

from tests.integration.training.conftest import stored_clip, workflow

__all__ = ["stored_clip", "workflow"]
