"""The rules of a target spec: classes, images, visibility, what hides labels, grids."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

#: A solid box hides more than the thing in it, so as an occluder it is smaller.
OCCLUDER_SCALE = (0.9, 0.9, 0.85)
#: Of a slot of ``max_rate_hz``: a camera's clock isn't that steady.
_JITTER = 0.02


@dataclass(frozen=True, slots=True)
class ClassRule:
    """One class of the targets: its name there, and the labels' classes that become it."""

    name: str
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which images, and which ticks.

    Attributes:
        every: Every so many images of each camera, from its first.
        max_rate_hz: At most so many a second: the first of each such span; None: all.
        from_ns: None: from the first.
        to_ns: Included; None: to the last.
        only_pictures: Leave out images whose picture wasn't kept.
    """

    every: int = 1
    max_rate_hz: float | None = None
    from_ns: int | None = None
    to_ns: int | None = None
    only_pictures: bool = False

    def chosen(self, times_ns: Sequence[int], has_picture: Sequence[bool]) -> list[int]:
        """Which of a camera's images, or of a clip's ticks, are asked for.

        Args:
            times_ns: All of the camera's, rising.
            has_picture: Of each, whether its picture was kept.
        """
        taken = []
        slot = None
        for index, (time_ns, kept) in enumerate(zip(times_ns, has_picture, strict=True)):
            if index % self.every or (self.only_pictures and not kept):
                continue
            if self.from_ns is not None and time_ns < self.from_ns:
                continue
            if self.to_ns is not None and time_ns > self.to_ns:
                continue
            if self.max_rate_hz is not None:
                now = math.floor((time_ns - times_ns[0]) * 1e-9 * self.max_rate_hz + _JITTER)
                if now == slot:
                    continue
                slot = now
            taken.append(index)
        return taken


@dataclass(frozen=True, slots=True)
class Visibility:
    """Which labels of an image are left out; a rule that is None leaves out none.

    Attributes:
        min_visible_fraction: Of the pixels in the picture, those that nothing hides.
        min_visible_px: Pixels that nothing hides.
        min_distance_m: From the camera to a box's centre, or to the nearest vertex.
        max_distance_m: The same.
        max_truncation: Share that isn't in the picture; of boxes.
        min_box_height_px: Of the box in the picture; of boxes.
        otherwise: ``drop``: a label that breaks a rule has no row; ``ignore``: it has one, marked
            as a region that says nothing about right and wrong.
    """

    min_visible_fraction: float | None = None
    min_visible_px: int | None = None
    min_distance_m: float | None = None
    max_distance_m: float | None = None
    max_truncation: float | None = None
    min_box_height_px: float | None = None
    otherwise: str = "drop"

    @property
    def needs_pixels(self) -> bool:
        """Whether a rule asks what is seen."""
        return self.min_visible_fraction is not None or self.min_visible_px is not None

    @property
    def needs_distance(self) -> bool:
        """Whether a rule asks how far a label is."""
        return self.min_distance_m is not None or self.max_distance_m is not None


@dataclass(frozen=True, slots=True)
class Occluders:
    """What hides labels.

    Attributes:
        cuboids: Boxes do.
        cuboid_scale: Factors on a box's length, width and height while it hides another.
        polygons: Surfaces do.
        scenery: The mesh and the cloud do that come with the labels, if there are any.
        sweeps: Points of sweeps do, see ``Sweeps``.
    """

    cuboids: bool = True
    cuboid_scale: tuple[float, float, float] = OCCLUDER_SCALE
    polygons: bool = True
    scenery: bool = True
    sweeps: bool = False


@dataclass(frozen=True, slots=True)
class Sweeps:
    """Which points of sweeps belong to an image, or to a tick.

    Attributes:
        within_s: Sweeps at most so long before or after it.
        spacing_m: Distance between neighbouring points, which are drawn so wide; 0: one pixel.
    """

    within_s: float = 0.06
    spacing_m: float = 0.1


@dataclass(frozen=True, slots=True)
class PlaneGrid:
    """Square cells seen from above, for ``bev`` and ``flow``.

    Attributes:
        frame: ``ego``: moves along, at the tick's pose; ``world``: stands still.
        origin_m: x and y of the outer corner of cell (0, 0), in the frame.
        resolution_m: Side of a cell.
        size: Cells along x and y.
        height: Whether ``bev`` gives the surface's height, too.
        later_s: ``flow`` is from the tick to so much later.
    """

    frame: str
    origin_m: tuple[float, float]
    resolution_m: float
    size: tuple[int, int]
    height: bool = False
    later_s: float = 0.1


@dataclass(frozen=True, slots=True)
class Space:
    """Cells in space, for ``occupancy``.

    Attributes:
        frame: As of ``PlaneGrid``.
        origin_m: Outer corner of cell (0, 0, 0), in the frame.
        resolution_m: Sides of a cell.
        size: Cells along x, y and z.
        least_hits: Points that make a cell occupied.
    """

    frame: str
    origin_m: tuple[float, float, float]
    resolution_m: tuple[float, float, float]
    size: tuple[int, int, int]
    least_hits: int = 1
