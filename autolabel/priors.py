"""What is known of an object before it is seen: its class's usual size, and what kind of body.

The kind follows from the size alone, so that any ontology works, whatever its classes are called.
"""

from dataclasses import dataclass

import numpy as np

from projection.arrays import Float64Array


@dataclass(frozen=True, slots=True)
class Kind:
    """How the bodies of a kind of object look to a lidar.

    Attributes:
        name: For people.
        size_spread: (length, width, height) standard deviations of the sizes' logarithms.
        body: The heights (as shares of the object's) between which its sides stand upright.
        solidity: How sure it is that no ray passes through that body, 0 to 1.
        hollow: How much of a ray's way through the box's rim says nothing, as a share of its width.
        closeness: How near to the visible faces the points lie, 0 to 1.
        centring: Where there are no faces: how much the points lie around the middle, 0 to 1.
        corner_m: Radius of its corners, seen from above.
        has_direction: Whether it drives along its longer side.
    """

    name: str
    size_spread: tuple[float, float, float]
    body: tuple[float, float]
    solidity: float
    hollow: float
    closeness: float
    centring: float
    corner_m: float
    has_direction: bool


CAR = Kind("car", (0.12, 0.07, 0.10), (0.18, 0.50), 1.0, 0.08, 1.0, 0.0, 0.5, has_direction=True)
LARGE = Kind(
    "large", (0.32, 0.07, 0.20), (0.15, 0.80), 1.0, 0.05, 1.0, 0.0, 0.15, has_direction=True
)
TWO_WHEELER = Kind(
    "two-wheeler", (0.10, 0.14, 0.12), (0.25, 0.75), 0.3, 0.3, 0.0, 1.0, 0.1, has_direction=True
)
PERSON = Kind(
    "person", (0.10, 0.10, 0.12), (0.20, 0.85), 0.35, 0.3, 0.0, 0.5, 0.1, has_direction=False
)
SMALL = Kind(
    "small", (0.12, 0.12, 0.20), (0.10, 0.60), 0.4, 0.2, 0.0, 0.5, 0.0, has_direction=False
)
BLOCK = Kind("block", (0.6, 0.5, 0.6), (0.10, 0.75), 1.0, 0.05, 1.0, 0.0, 0.0, has_direction=False)


@dataclass(frozen=True, slots=True)
class Prior:
    """A class's usual size and kind.

    Attributes:
        size_m: (3,) length, width, height.
        kind: Which body.
    """

    size_m: Float64Array
    kind: Kind

    @property
    def reach_m(self) -> float:
        """Half the diagonal of the footprint, with what sizes vary by."""
        spread = 1.0 + 2.0 * self.kind.size_spread[0]
        return 0.5 * float(np.hypot(self.size_m[0], self.size_m[1])) * spread

    @property
    def highest_m(self) -> float:
        """Points higher than this above the ground belong to something else, trees or walls."""
        return float(self.size_m[2] * np.exp(2.0 * self.kind.size_spread[2])) + 0.3

    @property
    def ground_gap_m(self) -> float:
        """Points lower than this above the ground belong to the ground."""
        return float(np.clip(0.15 * self.size_m[2], 0.1, 0.3))


def prior_of(size_m: tuple[float, float, float] | Float64Array) -> Prior:
    """Return the prior of a class whose usual size this is.

    Raises:
        ValueError: A size is not finite or not above 0.
    """
    size = np.array(size_m, dtype=np.float64)
    if size.shape != (3,) or not (np.isfinite(size) & (size > 0.0)).all():
        message = f"prior_size_m: expected three numbers above 0, found {size.tolist()}"
        raise ValueError(message)
    return Prior(size, _kind_of(*size.tolist()))


def _kind_of(length_m: float, width_m: float, height_m: float) -> Kind:
    if length_m >= 6.0 and width_m >= 1.5:
        return LARGE
    if length_m >= 3.0 and width_m >= 1.2:
        return CAR
    if length_m >= 1.6 * width_m and 1.0 <= length_m < 3.0 and width_m < 1.2 and height_m > 0.9:
        return TWO_WHEELER
    if height_m >= 1.3 and max(length_m, width_m) < 1.3:
        return PERSON
    return SMALL if max(length_m, width_m) < 1.6 else BLOCK
