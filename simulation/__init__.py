"""Procedural driving scenes through real camera models, with perfect labels.

`make_clip` writes a clip folder; it and its options are loaded when first asked for, since the ray
tracer's kernels take a second to load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.clip import ClipSummary, make_clip
    from simulation.recording import ClipOptions
    from simulation.rig import Rig, car_rig

_HOMES = {
    "ClipOptions": "simulation.recording",
    "ClipSummary": "simulation.clip",
    "make_clip": "simulation.clip",
    "Rig": "simulation.rig",
    "car_rig": "simulation.rig",
}

__all__ = ["ClipOptions", "ClipSummary", "Rig", "car_rig", "make_clip"]


def __getattr__(name: str) -> Any:
    """Return a public name from the module where it lives."""
    if name not in _HOMES:
        raise AttributeError(f"module 'simulation' has no attribute {name!r}")
    import importlib  # noqa: PLC0415  only when something is asked for

    return getattr(importlib.import_module(_HOMES[name]), name)
