"""What gets a label on the street: parked and moving vehicles, people, things on the road."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.transform import Rotation

from simulation.models.cars import HATCHBACK, SALOON, SUV, VAN, CarShape, car
from simulation.models.lorries import container, lorry
from simulation.models.people import cyclist, pedestrian
from simulation.models.street import traffic_cone
from simulation.motion import Progress, follow_street, held_progress, steady_progress
from simulation.road import (
    CYCLE_LANE_M,
    EGO_LANE_M,
    ONCOMING_LANE_M,
    OUTER_LANE_M,
    PARKING_LEFT_M,
    PARKING_RIGHT_M,
    Street,
)
from simulation.scene import Body, Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

Colour = tuple[float, float, float]

PAINTS: tuple[Colour, ...] = (
    (0.62, 0.63, 0.64),
    (0.035, 0.037, 0.042),
    (0.27, 0.28, 0.30),
    (0.42, 0.025, 0.02),
    (0.025, 0.085, 0.29),
    (0.72, 0.72, 0.70),
    (0.04, 0.16, 0.12),
    (0.55, 0.28, 0.03),
    (0.11, 0.20, 0.33),
    (0.15, 0.155, 0.16),
)
CLOTHES: tuple[Colour, ...] = (
    (0.55, 0.06, 0.05),
    (0.05, 0.11, 0.30),
    (0.07, 0.07, 0.08),
    (0.62, 0.60, 0.55),
    (0.07, 0.24, 0.13),
    (0.60, 0.42, 0.07),
    (0.32, 0.16, 0.34),
)
HAIR: tuple[Colour, ...] = (
    (0.03, 0.02, 0.015),
    (0.12, 0.06, 0.03),
    (0.3, 0.2, 0.09),
    (0.25, 0.25, 0.25),
)
CARS = {"saloon": SALOON, "hatchback": HATCHBACK, "suv": SUV}
SKIP_SIZE_M = (3.4, 1.75, 1.45)
CRATE_SIZE_M = (2.2, 1.7, 1.9)


@lru_cache(maxsize=256)
def car_shape(kind: str, colour: Colour) -> Shape:
    """Return the shape of a car, or of a `van`."""
    profile: CarShape = VAN if kind == "van" else CARS[kind]
    return Shape.of(car(profile, colour, van=kind == "van"))


@lru_cache(maxsize=64)
def _lorry_shape(colour: Colour, box_colour: Colour) -> Shape:
    return Shape.of(lorry(colour, box_colour))


@lru_cache(maxsize=256)
def _person_shape(
    top: Colour, trousers: Colour, hair: Colour, height_m: float, stride: float
) -> Shape:
    return Shape.of(pedestrian(top, trousers, hair, height_m=height_m, stride=stride))


@lru_cache(maxsize=64)
def _cyclist_shape(top: Colour, trousers: Colour, helmet: Colour) -> Shape:
    return Shape.of(cyclist(top, trousers, helmet))


@lru_cache(maxsize=1)
def _cone_shape() -> Shape:
    return Shape.of(traffic_cone())


@lru_cache(maxsize=64)
def _container_shape(size_m: tuple[float, float, float], colour: Colour) -> Shape:
    return Shape.of(container(size_m, colour))


@dataclass(frozen=True, slots=True)
class Clock:
    """The times of a clip's keyframes.

    Attributes:
        times_ns: (n,) of the keyframes; the first and the last span the whole trajectory.
        zero_ns: The first tick: time zero of everyone's progress.
    """

    times_ns: NDArray[np.int64]
    zero_ns: int

    @property
    def seconds(self) -> NDArray[np.float64]:
        """Return the keyframes' times after the first tick, seconds."""
        return np.asarray((self.times_ns - self.zero_ns) / 1e9)


class Cast:
    """Makes the bodies of one clip, each with its own id and look, from one random stream."""

    def __init__(self, street: Street, clock: Clock, rng: np.random.Generator) -> None:
        self._street = street
        self._clock = clock
        self._rng = rng

    def _id(self) -> str:
        return str(uuid.UUID(bytes=self._rng.bytes(16), version=4))

    def _pick(self, choices: tuple[Colour, ...]) -> Colour:
        return choices[int(self._rng.integers(len(choices)))]

    def vehicle(self, kind: str | None = None) -> tuple[str, Shape]:
        """Return (class name, shape) of some vehicle, or of one of a kind."""
        if kind is None:
            kind = str(
                self._rng.choice(["saloon", "hatchback", "suv", "hatchback", "saloon", "van"])
            )
        if kind == "lorry":
            return "truck", _lorry_shape(self._pick(PAINTS[3:]), (0.62, 0.62, 0.60))
        colour = self._pick(PAINTS)
        if kind == "van":
            return "van", car_shape(
                kind, (0.70, 0.70, 0.68) if self._rng.random() < 0.6 else colour
            )
        return "car", car_shape(kind, colour)

    def person(self, *, stands: bool = False) -> Shape:
        """Return the shape of some pedestrian."""
        height = round(float(self._rng.uniform(1.55, 1.9)), 2)
        stride = 0.15 if stands else float(self._rng.choice([-1.0, -0.8, 0.8, 1.0]))
        return _person_shape(
            self._pick(CLOTHES), self._pick(CLOTHES[1:4]), self._pick(HAIR), height, stride
        )

    def rider(self) -> Shape:
        """Return the shape of some cyclist."""
        return _cyclist_shape(self._pick(CLOTHES), self._pick(CLOTHES[1:3]), self._pick(PAINTS))

    def standing(
        self,
        class_name: str,
        shape: Shape,
        s_m: float,
        d_m: float,
        heading_rad: float = 0.0,
        *,
        upright: bool = False,
        **attributes: str | float | bool,
    ) -> Body:
        """Return a body that stands at (s, d)."""
        rotation, ground = self._street.pose(s_m, d_m, heading_rad)
        if upright:
            yaw = float(np.arctan2(rotation[1, 0], rotation[0, 0]))
            rotation = np.asarray(Rotation.from_euler("z", yaw).as_matrix())
        position = ground + rotation @ shape.centre_m
        return Body(self._id(), class_name, shape, attributes, rotation, position)

    def driving(
        self,
        class_name: str,
        shape: Shape,
        progress: Progress,
        s_m: float,
        d_m: float,
        *,
        oncoming: bool = False,
        **attributes: str | float | bool,
    ) -> Body:
        """Return a body that follows the street from (s, d), or drives against its direction."""
        driven = progress.distance(self._clock.seconds)
        s = s_m + (-driven if oncoming else driven)
        track = follow_street(
            self._street,
            self._clock.times_ns,
            s,
            np.full(len(s), d_m),
            heading_rad=np.pi if oncoming else 0.0,
            centre_m=shape.centre_m,
            upright=class_name in {"pedestrian", "cyclist"},
        )
        return Body(self._id(), class_name, shape, attributes, track=track)

    def crossing_over(self, s_m: float, d_m: float, speed_mps: float) -> Body:
        """Return a pedestrian who crosses the street to the left and stops on the pavement."""
        shape = self.person()
        d = np.minimum(d_m + speed_mps * self._clock.seconds, 7.4)
        track = follow_street(
            self._street,
            self._clock.times_ns,
            np.full(len(d), s_m),
            d,
            heading_rad=np.pi / 2.0,
            centre_m=shape.centre_m,
            upright=True,
        )
        return Body(self._id(), "pedestrian", shape, {}, track=track)


def moving_bodies(
    street: Street, clock: Clock, rng: np.random.Generator, ego: Progress, count: int
) -> list[Body]:
    """Return `count` bodies that move, those that make the scene first.

    Nobody runs into anyone: who shares a lane shares its progress, or is separated by the crossing.
    """
    cast = Cast(street, clock, rng)
    first, last = street.crossings[0]
    makers: list[Callable[[], Body]] = []

    def drive(
        kind: str | None, progress: Progress, s: float, d: float, *, oncoming: bool = False
    ) -> None:
        def make() -> Body:
            name, shape = cast.vehicle(kind)
            return cast.driving(name, shape, progress, s, d, oncoming=oncoming, parked=False)

        makers.append(make)

    outer = held_progress(6.2, 6.2, 2.7)
    outer_stop = float(outer.distance(4.0))
    lorry_s = first - 2.0 - 4.2 - outer_stop
    oncoming = held_progress(6.4, 6.8, 3.0)
    oncoming_stop = float(oncoming.distance(4.0))
    queue_s = last + 2.0 + 2.4 + oncoming_stop
    free = steady_progress(7.6)
    makers += [
        lambda: cast.crossing_over(first + 1.2, -4.3, 1.4),
        lambda: cast.crossing_over(first + 2.4, -2.5, 1.3),
    ]
    drive("lorry", outer, lorry_s, OUTER_LANE_M)
    drive("suv", ego, 37.0, EGO_LANE_M)
    drive("hatchback", oncoming, queue_s, ONCOMING_LANE_M, oncoming=True)
    makers.append(
        lambda: cast.driving("cyclist", cast.rider(), steady_progress(4.7), 5.5, CYCLE_LANE_M)
    )
    drive("saloon", free, 15.0, ONCOMING_LANE_M, oncoming=True)
    drive("saloon", ego, -12.5, EGO_LANE_M)
    makers.append(lambda: _walker(cast, rng, 13.0))
    drive("van", oncoming, queue_s + 8.5, ONCOMING_LANE_M, oncoming=True)
    makers.append(lambda: _walker(cast, rng, 24.0))
    drive("suv", outer, lorry_s - 12.0, OUTER_LANE_M)
    makers.append(lambda: _walker(cast, rng, 4.0))
    drive("hatchback", free, -16.0, ONCOMING_LANE_M, oncoming=True)
    makers.append(
        lambda: cast.driving("cyclist", cast.rider(), steady_progress(4.4), -13.0, CYCLE_LANE_M)
    )
    drive("saloon", steady_progress(8.0), 47.0, OUTER_LANE_M)
    drive(None, ego, 52.0, EGO_LANE_M)
    reach = street.line.end_m - 30.0
    for number in range(max(0, count - len(makers))):
        if number % 3 == 2:
            place = queue_s + 18.0 + 11.0 * (number // 3)
            drive(None, oncoming, place, ONCOMING_LANE_M, oncoming=True)
        else:
            makers.append(lambda: _walker(cast, rng, float(rng.uniform(-10.0, reach))))
    return [make() for make in makers[:count]]


def _walker(cast: Cast, rng: np.random.Generator, s_m: float) -> Body:
    """Return a pedestrian who walks along one of the pavements, either way."""
    oncoming = bool(rng.random() < 0.5)
    d = float(rng.uniform(7.5, 8.7)) if rng.random() < 0.5 else float(rng.uniform(-13.5, -12.4))
    progress = steady_progress(float(rng.uniform(1.0, 1.6)))
    return cast.driving("pedestrian", cast.person(), progress, s_m, d, oncoming=oncoming)


def standing_bodies(
    street: Street, clock: Clock, rng: np.random.Generator, last_m: float
) -> list[Body]:
    """Return what stands along the street up to `last_m`: vehicles, a skip, cones, people."""
    cast = Cast(street, clock, rng)
    works_s, skip_s = 15.0 + float(rng.uniform(-1.0, 1.0)), 9.5 + float(rng.uniform(-0.5, 0.5))
    bodies = list(_works(cast, works_s, skip_s))
    taken = {PARKING_LEFT_M: works_s, PARKING_RIGHT_M: skip_s}
    for d in (PARKING_LEFT_M, PARKING_RIGHT_M):
        s = -38.0 + float(rng.uniform(0.0, 4.0))
        while s < last_m:
            name, shape = cast.vehicle()
            # On the inside of a bend a metre of kerb takes more than a metre of centre line.
            squeeze = 1.0 - max(0.0, d * float(street.line.curvature(s)))
            half = float(shape.size_m[0]) / 2.0 / squeeze
            s += half
            near = any(a - 8.0 < s < b + 8.0 for a, b in street.crossings)
            turned = d > 0.0 and rng.random() < 0.85
            if not near and abs(s - taken[d]) > 8.0 and rng.random() < 0.8:
                place = d + float(rng.uniform(-0.07, 0.07))
                heading = (np.pi if turned else 0.0) + float(rng.uniform(-0.025, 0.025))
                bodies.append(cast.standing(name, shape, s, place, heading, parked=True))
            s += half + float(rng.uniform(0.8, 2.0))
    bodies += [
        cast.standing(
            "pedestrian",
            cast.person(stands=True),
            s,
            d,
            float(rng.uniform(0.0, 6.28)),
            upright=True,
        )
        for s, d in ((19.0, -13.0), (33.5, 8.0), (34.2, 8.6), (52.0, -12.9))
    ]
    return bodies


def _works(cast: Cast, works_s: float, skip_s: float) -> Iterator[Body]:
    """Return roadworks on the left with cones and crates, and a skip on the right."""
    yield cast.standing(
        "container", _container_shape(SKIP_SIZE_M, (0.50, 0.33, 0.04)), skip_s, PARKING_RIGHT_M
    )
    yield cast.standing(
        "container",
        _container_shape(CRATE_SIZE_M, (0.06, 0.20, 0.34)),
        works_s + 1.3,
        PARKING_LEFT_M,
        0.06,
    )
    yield cast.standing(
        "container",
        _container_shape((1.2, 1.2, 0.9), (0.40, 0.40, 0.38)),
        works_s - 2.6,
        PARKING_LEFT_M,
        0.3,
    )
    for s, d in ((-5.0, 3.75), (-3.2, 3.6), (-1.0, 3.55), (1.2, 3.5), (3.4, 3.6), (5.0, 3.8)):
        yield cast.standing("traffic_cone", _cone_shape(), works_s + s, d, 0.4 * s)
    for s in (-2.6, 2.6):
        yield cast.standing("traffic_cone", _cone_shape(), skip_s + s, PARKING_RIGHT_M + 1.2, 0.2)
