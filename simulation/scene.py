"""A scene: background without labels, and bodies with a cuboid each, standing or moving."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from simulation.mesh import Mesh
    from simulation.motion import PoseTrack


@dataclass(frozen=True, slots=True)
class Shape:
    """A mesh about the centre of its own bounding box, so that the box is its label's cuboid.

    Attributes:
        mesh: In the cuboid's frame: every vertex within +-size/2, touching all six sides.
        size_m: (3,) length, width, height.
        centre_m: (3,) where the cuboid's centre is in the frame the mesh was modelled in.
    """

    mesh: Mesh
    size_m: NDArray[np.float64]
    centre_m: NDArray[np.float64]

    @classmethod
    def of(cls, mesh: Mesh) -> Shape:
        """Return the shape of a mesh modelled anywhere."""
        low, high = mesh.bounds()
        centre = (low + high) / 2.0
        return cls(mesh.shifted(*(-centre)), high - low, centre)


@dataclass(frozen=True, slots=True)
class Body:
    """One thing with a label.

    Attributes:
        label_id: Of its label.
        class_name: Of its label.
        shape: What it looks like.
        attributes: Of its label.
        rotation: (3, 3) world_from_body where it stands still, else none.
        position_m: (3,) likewise, the cuboid's centre.
        track: Its motion where it moves, else none.
    """

    label_id: str
    class_name: str
    shape: Shape
    attributes: dict[str, str | float | bool] = field(default_factory=dict)
    rotation: NDArray[np.float64] | None = None
    position_m: NDArray[np.float64] | None = None
    track: PoseTrack | None = None

    def __post_init__(self) -> None:
        """Check that it either stands or moves.

        Raises:
            ValueError: Neither or both were given.
        """
        stands = self.rotation is not None and self.position_m is not None
        if stands == (self.track is not None):
            raise ValueError(
                f"body {self.label_id}: expected a pose or a track, found "
                f"{'both' if stands else 'neither'}"
            )

    def at(self, times_ns: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return (rotations (k, 3, 3), centres (k, 3)) world_from_body at times."""
        if self.track is not None:
            return self.track.at(times_ns)
        count = len(np.atleast_1d(np.asarray(times_ns)))
        if self.rotation is None or self.position_m is None:
            raise AssertionError("checked when made")
        return np.tile(self.rotation, (count, 1, 1)), np.tile(self.position_m, (count, 1))


class Markings(NamedTuple):
    """What is painted on the road, as the shader wants it.

    Attributes:
        lines: (n, 4): place d, width, dash, gap; metres.
        crossings: (m, 4): first s, last s, lowest d, highest d; metres.
    """

    lines: NDArray[np.float64]
    crossings: NDArray[np.float64]

    @classmethod
    def none(cls) -> Markings:
        """Return a road without paint."""
        return cls(np.zeros((0, 4)), np.zeros((0, 4)))


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything there is to see.

    Attributes:
        background: Meshes in the world without a label.
        bodies: Things with one; body k has number k + 1 in instance pictures.
        markings: On triangles of the road's material.
    """

    background: tuple[Mesh, ...]
    bodies: tuple[Body, ...]
    markings: Markings = field(default_factory=Markings.none)
