"""What stands along the street without a label: houses, trees, lamps, hedges, signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.mesh import Mesh, rotation_z
from simulation.models.street import (
    bollard,
    crossing_sign,
    far_tree,
    hedge,
    house,
    round_sign,
    street_lamp,
    tree,
)
from simulation.road import (
    KERB_LEFT_M,
    KERB_RIGHT_M,
    PAVEMENT_LEFT_M,
    PAVEMENT_RIGHT_M,
    VERGE_LEFT_M,
    VERGE_RIGHT_M,
    Street,
)
from simulation.surface import street_mesh, terrain_mesh

if TYPE_CHECKING:
    from collections.abc import Iterator

WALLS = (
    (0.62, 0.55, 0.43),
    (0.66, 0.62, 0.55),
    (0.36, 0.15, 0.095),
    (0.55, 0.36, 0.20),
    (0.45, 0.47, 0.48),
    (0.58, 0.47, 0.36),
    (0.30, 0.125, 0.085),
    (0.62, 0.52, 0.30),
    (0.38, 0.44, 0.40),
)
ROOFS = ((0.23, 0.075, 0.045), (0.10, 0.085, 0.085), (0.27, 0.11, 0.055), (0.085, 0.09, 0.10))


def build_town(street: Street, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return everything that has no label, in the world."""
    return (
        terrain_mesh(street),
        street_mesh(street),
        *_houses(street, rng),
        *_street_trees(street, rng),
        *_furniture(street, rng),
        *_backdrop(street, rng),
    )


def _placed(street: Street, mesh: Mesh, s_m: float, d_m: float, heading_rad: float = 0.0) -> Mesh:
    """Return a mesh that stands upright at a place of the street."""
    yaw = float(street.line.heading(s_m)) + heading_rad
    return mesh.moved(rotation_z(yaw), street.point(s_m, d_m))


def _houses(street: Street, rng: np.random.Generator) -> Iterator[Mesh]:
    first, last = street.line.start_m + 8.0, street.line.end_m - 14.0
    for side, front in ((1.0, VERGE_LEFT_M), (-1.0, VERGE_RIGHT_M)):
        s = first
        while s < last:
            width, depth = float(rng.uniform(8.5, 15.0)), float(rng.uniform(8.0, 11.0))
            storeys = int(rng.choice([2, 2, 3, 3, 4]))
            gable = bool(storeys < 4 and rng.random() < 0.75)
            wall, roof = WALLS[rng.integers(len(WALLS))], ROOFS[rng.integers(len(ROOFS))]
            gap = float(rng.choice([0.9, 1.6, 4.0, 7.0]))
            # On the inside of a bend the backs of houses come closer than their fronts.
            far = abs(front) + depth + 1.0
            squeeze = max(
                0.45, 1.0 - max(0.0, side * float(street.line.curvature(s + width / 2.0))) * far
            )
            middle = s + width / 2.0 / squeeze
            mesh = house((width, depth), storeys, wall, roof, gable=gable)
            d = front + side * float(rng.uniform(0.0, 0.8))
            yield _placed(street, mesh, middle, d, 0.0 if side > 0 else np.pi)
            s += (width + gap) / squeeze


def _street_trees(street: Street, rng: np.random.Generator) -> Iterator[Mesh]:
    for d in (KERB_LEFT_M + 0.95, KERB_RIGHT_M - 0.95):
        s = street.line.start_m + float(rng.uniform(6.0, 14.0))
        while s < street.line.end_m - 6.0:
            if not _near_crossing(street, s, 7.0):
                yield _placed(street, tree(rng, float(rng.uniform(5.2, 7.6))), s, d)
            s += float(rng.uniform(13.0, 22.0))


def _furniture(street: Street, rng: np.random.Generator) -> Iterator[Mesh]:
    lamp = street_lamp()
    for number, s in enumerate(np.arange(street.line.start_m + 9.0, street.line.end_m - 5.0, 17.0)):
        left = number % 2 == 0
        d = KERB_LEFT_M + 0.5 if left else KERB_RIGHT_M - 0.5
        if not _near_crossing(street, float(s), 2.0):
            yield _placed(street, lamp, float(s), d, 0.0 if left else np.pi)
    for first, last in street.crossings:
        for s, d, heading in (
            (first - 0.7, KERB_RIGHT_M - 0.5, 0.0),
            (last + 0.7, KERB_LEFT_M + 0.5, np.pi),
        ):
            yield _placed(street, crossing_sign(), s, d, heading)
        for s in (first - 0.3, last + 0.3):
            for d in (KERB_LEFT_M + 0.45, KERB_RIGHT_M - 0.45):
                yield _placed(street, bollard(), s, d)
        yield _placed(street, round_sign(), last + 16.0, KERB_RIGHT_M - 0.5)
    for edge, side in ((PAVEMENT_LEFT_M + 0.6, 1.0), (PAVEMENT_RIGHT_M - 0.6, -1.0)):
        s = street.line.start_m + 10.0
        while s < street.line.end_m - 10.0:
            length = float(rng.uniform(4.0, 8.0))
            if rng.random() < 0.62:
                yield _placed(street, hedge(length, rng), s + length / 2.0, edge + side * 0.1)
            s += length + float(rng.uniform(1.2, 3.5))


def _backdrop(street: Street, rng: np.random.Generator) -> Iterator[Mesh]:
    """Return houses and trees away from the street, so that gaps don't look into nothing."""
    s = np.arange(street.line.start_m, street.line.end_m, 4.0)
    road = street.line.at(s, np.zeros(len(s)))
    low, high = road.min(axis=0) - 110.0, road.max(axis=0) + 110.0
    area = float(np.prod(high - low))
    taken: list[np.ndarray] = []
    for _ in range(int(area / 420.0)):
        place = rng.uniform(low, high)
        is_house = rng.random() < 0.3
        apart = np.linalg.norm(road - place, axis=1).min()
        crowded = any(np.linalg.norm(place - other) < 14.0 for other in taken)
        if apart < (46.0 if is_house else 31.0) or apart > 105.0 or (crowded and is_house):
            continue
        z = float(street.ground_height(place)) - 0.3
        if is_house:
            taken.append(place)
            mesh = house(
                (float(rng.uniform(9.0, 16.0)), float(rng.uniform(8.0, 11.0))),
                int(rng.choice([2, 3, 4])),
                WALLS[rng.integers(len(WALLS))],
                ROOFS[rng.integers(len(ROOFS))],
            )
            yaw = float(rng.uniform(0.0, 2.0 * np.pi))
        else:
            mesh, yaw = far_tree(rng, float(rng.uniform(8.0, 14.0))), 0.0
        yield mesh.moved(rotation_z(yaw), (*place, z))


def _near_crossing(street: Street, s_m: float, margin_m: float) -> bool:
    return any(first - margin_m < s_m < last + margin_m for first, last in street.crossings)
