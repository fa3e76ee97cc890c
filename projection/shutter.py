"""When each line of a picture was exposed."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from projection.arrays import Float64Array
from projection.spec import Fields, SpecError

Direction = Literal["top_to_bottom", "bottom_to_top", "left_to_right", "right_to_left"]
DIRECTIONS = ("top_to_bottom", "bottom_to_top", "left_to_right", "right_to_left")


@dataclass(frozen=True, slots=True)
class Shutter:
    """A shutter: all lines at once, or one after the other.

    A point imaged at (u, v) was seen ``line_delay_ns * c`` after the image's time, where c is v,
    height-1-v, u or width-1-u by direction, clamped to the lines there are.

    Attributes:
        direction: None for a global shutter.
        line_delay_ns: From one line to the next, nanoseconds, zero or more.
    """

    direction: Direction | None = None
    line_delay_ns: float = 0.0

    def __post_init__(self) -> None:
        if self.direction is not None and self.direction not in DIRECTIONS:
            raise SpecError("direction", "one of " + ", ".join(DIRECTIONS), repr(self.direction))
        if not 0.0 <= self.line_delay_ns < float("inf"):
            raise SpecError("line_delay_ns", "a number, at least 0", str(self.line_delay_ns))

    @classmethod
    def from_dict(cls, spec: Any, where: str = "shutter") -> "Shutter":
        """From the JSON form of a clip's camera; None stands for a global shutter."""
        return cls() if spec is None else cls.from_fields(Fields(spec, where))

    @classmethod
    def from_fields(cls, fields: Fields) -> "Shutter":
        """From checked fields, so that errors name the place."""
        if fields.choice("type", ("global", "rolling")) == "global":
            return cls()
        direction = fields.choice("direction", DIRECTIONS)
        delay_ns = fields.number("line_delay_ns")
        if delay_ns < 0.0:
            raise fields.error("line_delay_ns", "a number, at least 0")
        return cls(direction, delay_ns)  # type: ignore[arg-type]  # choice() has checked it

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        if self.direction is None:
            return {"type": "global"}
        return {
            "type": "rolling",
            "direction": self.direction,
            "line_delay_ns": self.line_delay_ns,
        }

    @property
    def is_rolling(self) -> bool:
        """Whether lines are exposed at different times."""
        return self.direction is not None and self.line_delay_ns > 0.0

    def line_count(self, width: int, height: int) -> int:
        """How many lines are read out one after the other."""
        return width if self.direction in ("left_to_right", "right_to_left") else height

    def duration_ns(self, width: int, height: int) -> float:
        """From the first line's time to the last one's."""
        if not self.is_rolling:
            return 0.0
        return self.line_delay_ns * (self.line_count(width, height) - 1)

    def line(self, uv: Float64Array, width: int, height: int) -> Float64Array:
        """Which line sees pixels (n, 2), counted from the first one read out: (n,), clamped."""
        if self.direction == "left_to_right":
            line = uv[..., 0]
        elif self.direction == "right_to_left":
            line = width - 1 - uv[..., 0]
        elif self.direction == "bottom_to_top":
            line = height - 1 - uv[..., 1]
        else:
            line = uv[..., 1]
        return np.clip(line, 0.0, self.line_count(width, height) - 1.0)

    def offset_ns(self, uv: Float64Array, width: int, height: int) -> Float64Array:
        """How long after the image's time pixels (n, 2) were exposed: (n,) nanoseconds."""
        if not self.is_rolling:
            return np.zeros(uv.shape[:-1])
        return self.line(uv, width, height) * self.line_delay_ns


GLOBAL = Shutter()
