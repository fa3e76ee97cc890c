"""Cars and delivery vans. Local frame: x forward, y left, z up, the ground at z = 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulation.mesh import Material, Mesh, box, grid, join, loft, quad, tube
from simulation.models.wheels import DARK, RIM, TYRE, rim_gaps

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

HEADLIGHT = (0.95, 0.93, 0.85)
TAILLIGHT = (0.55, 0.02, 0.02)
INDICATOR = (0.8, 0.3, 0.02)
PLATE = (0.75, 0.75, 0.7)


@dataclass(frozen=True, slots=True)
class CarShape:
    """The profile of a car body; lengths are fractions of `length_m`, heights of `height_m`.

    Attributes:
        length_m: Bumper to bumper.
        width_m: Of the body, without mirrors.
        height_m: Ground to roof.
        belt: (k, 2) from the rear (-0.5) to the front (0.5): place, height of the upper edge.
        cabin: Places of the rear window's foot and head, the windscreen's head and foot.
        wheel_m: Radius of the wheels.
        axles: Places of the rear and the front axle.
    """

    length_m: float
    width_m: float
    height_m: float
    belt: tuple[tuple[float, float], ...]
    cabin: tuple[float, float, float, float]
    wheel_m: float
    axles: tuple[float, float]


SALOON = CarShape(
    4.62,
    1.82,
    1.45,
    (
        (-0.5, 0.56),
        (-0.485, 0.66),
        (-0.44, 0.705),
        (-0.3, 0.70),
        (0.0, 0.665),
        (0.2, 0.65),
        (0.36, 0.60),
        (0.45, 0.53),
        (0.485, 0.47),
        (0.5, 0.42),
    ),
    (-0.36, -0.19, 0.07, 0.235),
    0.325,
    (-0.292, 0.305),
)
HATCHBACK = CarShape(
    4.05,
    1.76,
    1.48,
    (
        (-0.5, 0.50),
        (-0.485, 0.62),
        (-0.44, 0.67),
        (-0.2, 0.665),
        (0.0, 0.645),
        (0.22, 0.635),
        (0.37, 0.59),
        (0.455, 0.53),
        (0.488, 0.46),
        (0.5, 0.40),
    ),
    (-0.475, -0.375, 0.065, 0.265),
    0.31,
    (-0.305, 0.32),
)
SUV = CarShape(
    4.48,
    1.88,
    1.68,
    (
        (-0.5, 0.50),
        (-0.487, 0.60),
        (-0.45, 0.655),
        (-0.2, 0.66),
        (0.0, 0.65),
        (0.2, 0.64),
        (0.38, 0.615),
        (0.46, 0.56),
        (0.49, 0.49),
        (0.5, 0.43),
    ),
    (-0.47, -0.40, 0.05, 0.225),
    0.365,
    (-0.295, 0.31),
)
VAN = CarShape(
    5.35,
    1.98,
    2.25,
    (
        (-0.5, 0.44),
        (-0.492, 0.50),
        (-0.47, 0.52),
        (-0.2, 0.52),
        (0.1, 0.515),
        (0.28, 0.51),
        (0.40, 0.48),
        (0.465, 0.42),
        (0.49, 0.36),
        (0.5, 0.30),
    ),
    (-0.485, -0.47, 0.20, 0.355),
    0.345,
    (-0.31, 0.335),
)


def car(shape: CarShape, colour: ArrayLike, *, van: bool = False) -> Mesh:
    """Return a car with body, windows, wheels and lights.

    Args:
        shape: Its profile.
        colour: (3,) linear RGB of its paint.
        van: Close the rear side windows, as a delivery van has it.
    """
    parts = [
        _body(shape, colour),
        _cabin(shape, colour, van=van),
        *_wheels(shape),
        *_lights(shape),
        *_mirrors(shape, colour),
    ]
    return join(parts)


def _belt_height(shape: CarShape, place: float) -> float:
    belt = np.array(shape.belt)
    return float(np.interp(place, belt[:, 0], belt[:, 1]) * shape.height_m)


def _half_width(shape: CarShape, place: ArrayLike) -> NDArray[np.float64]:
    """Return the half width of the body at a place along it, metres: rounded at both ends."""
    rear = np.clip((np.asarray(place) + 0.5) / 0.12, 0.0, 1.0)
    front = np.clip((0.5 - np.asarray(place)) / 0.20, 0.0, 1.0)
    rounding = 0.86 + 0.14 * np.sqrt(1.0 - (1.0 - rear) ** 2)
    rounding = np.minimum(rounding, 0.76 + 0.24 * np.sqrt(1.0 - (1.0 - front) ** 2))
    return np.asarray(rounding * shape.width_m / 2.0)


def _body(shape: CarShape, colour: ArrayLike) -> Mesh:
    """Return the lower body: rings across the car, one at each place of the belt."""
    rings = []
    for place, belt in shape.belt:
        half = float(_half_width(shape, place))
        top = belt * shape.height_m
        end = max(0.0, (abs(place) - 0.42) / 0.08)
        bottom = (0.135 + 0.10 * end**2) * shape.height_m
        middle = bottom + 0.55 * (top - bottom)
        ring = [
            (0.86 * half, bottom),
            (0.97 * half, bottom + 0.10 * (top - bottom)),
            (1.00 * half, middle),
            (0.985 * half, bottom + 0.82 * (top - bottom)),
            (0.92 * half, top - 0.015),
            (0.80 * half, top),
        ]
        # From the right-hand side over the top to the left, seen from the front.
        left = [(-y, z) for y, z in reversed(ring)]
        rings.append([(place * shape.length_m, -y, z) for y, z in [*left, *ring]])
    body = loft(np.array(rings)[:, ::-1], Material.PAINT, colour)
    sill = box(
        (0.62 * shape.length_m, shape.width_m * 0.93, 0.07),
        (0.0, 0.0, 0.135 * shape.height_m),
        Material.PLAIN,
        DARK,
    )
    return join([body, sill])


def _cabin(shape: CarShape, colour: ArrayLike, *, van: bool) -> Mesh:
    """Return windows and roof: four windows that lean inwards under a slightly domed roof."""
    rear_foot, rear_head, front_head, front_foot = (p * shape.length_m for p in shape.cabin)
    half = shape.width_m / 2.0
    roof = shape.height_m
    eave = roof - 0.05
    lean = 0.90 if van else 0.76
    low = {
        "rear": (rear_foot, 0.89 * half, _belt_height(shape, shape.cabin[0]) - 0.02),
        "front": (front_foot, 0.89 * half, _belt_height(shape, shape.cabin[3]) - 0.02),
    }
    high = {"rear": (rear_head, lean * half, eave), "front": (front_head, lean * half, eave)}

    def corner(level: dict[str, tuple[float, float, float]], end: str, side: float) -> list[float]:
        x, y, z = level[end]
        return [x, side * y, z]

    window = Material.PAINT if van else Material.CAR_WINDOW
    right = [corner(low, "rear", -1), corner(low, "front", -1)]
    right += [corner(high, "front", -1), corner(high, "rear", -1)]
    left = [corner(low, "front", 1), corner(low, "rear", 1)]
    left += [corner(high, "rear", 1), corner(high, "front", 1)]
    screen = [corner(low, "front", -1), corner(low, "front", 1)]
    screen += [corner(high, "front", 1), corner(high, "front", -1)]
    back = [corner(low, "rear", 1), corner(low, "rear", -1)]
    back += [corner(high, "rear", -1), corner(high, "rear", 1)]
    # Texture: u along the side from rear to front, 2..3 across a screen; v up.
    side_uv = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    turned_uv = ((1.0, 0.0), (0.0, 0.0), (0.0, 1.0), (1.0, 1.0))
    pane_uv = ((2.0, 0.0), (3.0, 0.0), (3.0, 1.0), (2.0, 1.0))
    parts = [
        _patch(right, window, colour, side_uv),
        _patch(left, window, colour, turned_uv),
        _patch(screen, Material.CAR_WINDOW, colour, pane_uv),
        _patch(back, Material.CAR_WINDOW, colour, pane_uv),
        _roof(high, roof, colour),
    ]
    if van:
        parts += _van_door_windows(shape, low, high)
    return join(parts)


def _patch(
    corners: list[list[float]],
    material: Material,
    colour: ArrayLike,
    uvs: tuple[tuple[float, float], ...],
) -> Mesh:
    """Return a four-cornered face in small cells: a diagonal would bend its texture."""
    u, v = np.meshgrid(np.linspace(0.0, 1.0, 7), np.linspace(0.0, 1.0, 4), indexing="ij")
    weights = np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v], axis=-1)
    points = weights @ np.array(corners)
    return grid(points, material, colour, uvs=weights @ np.array(uvs), smooth=False)


def _roof(high: dict[str, tuple[float, float, float]], roof_m: float, colour: ArrayLike) -> Mesh:
    """Return the roof: from the eaves up to its full height in the middle."""
    (x0, half, eave), (x1, _, _) = high["rear"], high["front"]
    along = np.linspace(0.0, 1.0, 7)[:, None]
    across = np.linspace(-1.0, 1.0, 7)[None, :]
    dome = (1.0 - (2.0 * along - 1.0) ** 4) * (1.0 - across**4)
    points = np.stack(
        [
            x0 + (x1 - x0) * along + 0.0 * across,
            half * across + 0.0 * along,
            eave + (roof_m - eave) * dome,
        ],
        axis=-1,
    )
    return grid(points, Material.PAINT, colour)


def _van_door_windows(
    shape: CarShape,
    low: dict[str, tuple[float, float, float]],
    high: dict[str, tuple[float, float, float]],
) -> list[Mesh]:
    """Return the two windows in a van's front doors, a centimetre in front of its sides."""
    panes = []
    for side in (-1.0, 1.0):

        def at(x_m: float, up: float, side: float = side) -> list[float]:
            y = (1.0 - up) * low["front"][1] + up * high["front"][1] + 0.008
            z = (1.0 - up) * low["front"][2] + up * high["front"][2]
            return [x_m, side * y, z]

        x0, x1 = 0.10 * shape.length_m, 0.30 * shape.length_m
        corners = [at(x0, 0.06), at(x1, 0.06), at(x1 - 0.36, 0.82), at(x0, 0.82)]
        panes.append(quad(corners if side < 0 else corners[::-1], Material.GLASS, DARK))
    return panes


def _wheels(shape: CarShape) -> list[Mesh]:
    """Return four wheels in dark arches, with rims."""
    parts = []
    radius = shape.wheel_m
    for place in shape.axles:
        x = place * shape.length_m
        half = float(_half_width(shape, place))
        for side in (-1.0, 1.0):
            arch = ((x, side * (half - 0.2), radius), (x, side * (half + 0.004), radius))
            tyre = ((x, side * (half - 0.2), radius), (x, side * (half + 0.012), radius))
            rim = ((x, side * (half - 0.1), radius), (x, side * (half + 0.018), radius))
            hub = ((x, side * (half - 0.1), radius), (x, side * (half + 0.024), radius))
            wide = 1.16 * radius
            parts += [
                _disc(*arch, wide, DARK, Material.PLAIN, floor_m=0.42 * radius),
                tube(*tyre, (radius, radius), Material.PLAIN, TYRE, sides=20),
                tube(*rim, (0.68 * radius, 0.68 * radius), Material.METAL, RIM, sides=18),
                tube(*hub, (0.12 * radius, 0.12 * radius), Material.PLAIN, DARK, sides=8),
                *rim_gaps(x, side * (half + 0.020), radius),
            ]
    return parts


def _disc(
    start_m: ArrayLike,
    end_m: ArrayLike,
    radius_m: float,
    colour: ArrayLike,
    material: Material,
    floor_m: float,
) -> Mesh:
    """Return a round bar cut off flat below `floor_m`."""
    bar = tube(start_m, end_m, (radius_m, radius_m), material, colour, sides=24)
    corners = bar.corners.copy()
    corners[..., 2] = np.maximum(corners[..., 2], floor_m)
    return Mesh(corners, bar.normals, bar.uvs, bar.materials, bar.colours)


def _lights(shape: CarShape) -> list[Mesh]:
    """Return head and tail lights, grille, bumpers and number plates."""
    length, height = shape.length_m, shape.height_m
    parts = []
    for side in (-1.0, 1.0):
        front_y = side * 0.66 * float(_half_width(shape, 0.5))
        rear_y = side * 0.80 * float(_half_width(shape, -0.495))
        parts += [
            box(
                (0.12, 0.32, 0.11),
                (0.5 * length - 0.045, front_y, _belt_height(shape, 0.5) - 0.075),
                Material.LAMP,
                HEADLIGHT,
            ),
            box(
                (0.10, 0.28, 0.15),
                (-0.4905 * length, rear_y, _belt_height(shape, -0.495) - 0.13),
                Material.LAMP,
                TAILLIGHT,
            ),
            box(
                (0.06, 0.10, 0.07),
                (0.5 * length - 0.025, 1.1 * front_y, 0.24 * height),
                Material.LAMP,
                INDICATOR,
            ),
        ]
    front, rear = 0.5 * length, -0.5 * length
    parts += [
        box((0.06, 0.66, 0.13), (front - 0.022, 0.0, 0.345 * height), Material.PLAIN, DARK),
        box((0.06, 1.0, 0.10), (front - 0.035, 0.0, 0.225 * height), Material.PLAIN, DARK),
        box((0.06, 1.15, 0.13), (rear + 0.025, 0.0, 0.245 * height), Material.PLAIN, DARK),
        box((0.04, 0.50, 0.10), (front, 0.0, 0.285 * height), Material.PLAIN, PLATE),
        box((0.04, 0.50, 0.10), (rear, 0.0, 0.39 * height), Material.PLAIN, PLATE),
    ]
    return parts


def _mirrors(shape: CarShape, colour: ArrayLike) -> list[Mesh]:
    """Return the two wing mirrors and the door handles."""
    x = (shape.cabin[3] - 0.055) * shape.length_m
    z = _belt_height(shape, shape.cabin[3]) + 0.04
    half = shape.width_m / 2.0
    parts = []
    for side in (-1.0, 1.0):
        parts.append(box((0.14, 0.20, 0.13), (x, side * (half + 0.02), z), Material.PAINT, colour))
        parts += [
            box(
                (0.014, 0.012, 0.30 * shape.height_m),
                (place * shape.length_m, side * (half - 0.0045), 0.375 * shape.height_m),
                Material.PLAIN,
                DARK,
            )
            for place in (-0.155, 0.035, 0.215)
        ]
        parts += [
            box(
                (0.16, 0.03, 0.025),
                (place * shape.length_m, side * (half - 0.008), 0.80 * z),
                Material.METAL,
                RIM,
            )
            for place in (-0.13, 0.075)
        ]
    return parts
