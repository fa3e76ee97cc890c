"""The decorator of all compiled functions here; a changed one throws all compiled ones away."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from projection.kernels import compiled as compiling
from projection.kernels.freshness import drop_stale

Function = TypeVar("Function", bound=Callable[..., Any])

drop_stale(Path(__file__).parent)


def compiled(function: Function) -> Function:
    """Compile a function when it is first called, and keep the result on disk."""
    return cast("Function", compiling.compiled(function))  # it is called like what it was made of
