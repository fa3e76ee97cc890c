"""The decorator of all compiled functions here; a changed one throws all compiled ones away."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from projection.kernels.compiled import compiled
from projection.kernels.freshness import drop_stale

Function = TypeVar("Function", bound=Callable[..., Any])

#: Modules whose constants end up in compiled functions, beside those that have some.
_SOURCES = ("bvh", "kernel", "mesh", "rendering", "shading", "sky", "surfaces", "tracing")

drop_stale(Path(__file__).parent, _SOURCES)


def kernel(function: Function) -> Function:
    """Compile a function when it is first called, and keep the result on disk."""
    return cast("Function", compiled(function))  # it is called like the function it was made of
