"""Flow, and what is free, occupied or unknown, beside the simulator's bodies and rays."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from projection.batch.run import project_clip
from projection.io import read_clip_folder
from projection.target_spec import TargetSpecs
from simulation import make_clip
from simulation.lidar import Lidar
from simulation.recording import ClipOptions, Recording, make_recording
from simulation.rendering import Renderer, cast_rays
from simulation.sky import sun_direction

if TYPE_CHECKING:
    from numpy.typing import NDArray

OPTIONS = ClipOptions(seed=6, ticks=2, tick_s=0.4, moving=24, pictures=False)
#: It turns slowly: what it sees behind is a twentieth of a second off what it sees ahead.
LIDAR = Lidar(beams=96, columns=1400, low_deg=-30.0, high_deg=10.0, turn_s=0.1, noise_m=0.0)
LATER_S = 0.3
CELL_M = 0.4
SIZE = (120, 100, 10)
CORNER = np.array([-18.0, -20.0, -0.6])
HEADS: dict[str, Any] = {
    "flow": {
        "kind": "flow",
        "grid": {"frame": "ego", "origin_m": CORNER[:2].tolist(), "resolution_m": CELL_M,
                 "size": list(SIZE[:2]), "later_s": LATER_S, "height": True},
        "targets": ["flow", "bev"],
    },
    "space": {
        "kind": "occupancy",
        "sweeps": {"within_s": 0.01},
        "space": {"frame": "ego", "origin_m": CORNER.tolist(), "resolution_m": CELL_M,
                  "size": list(SIZE)},
    },
}  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A street, the rasters of its first tick, and what they are beside."""

    recording: Recording
    renderer: Renderer
    time_ns: int
    arrays: dict[str, dict[str, NDArray[Any]]]
    labels: list[dict[str, Any]]

    @property
    def pose(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """world_from_ego at the tick's time."""
        rotations, positions = self.recording.ego.at(self.time_ns)
        return rotations[0], positions[0]

    def cast(
        self, times_ns: NDArray[np.int64], origins: NDArray[np.float64], ways: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """How far rays (n) come, in lengths of their ways, each at its own time."""
        unique, line = np.unique(times_ns, return_inverse=True)
        length = np.linalg.norm(ways, axis=1)
        ranges, _ = cast_rays(
            self.renderer.geometry,
            self.renderer.movers_at(unique),
            line.astype(np.int32),
            np.ascontiguousarray(origins),
            np.ascontiguousarray(ways / length[:, None]),
        )
        return np.asarray(ranges / length)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    root = tmp_path_factory.mktemp("street")
    make_clip(root / "clip", options=OPTIONS, lidar=LIDAR, width=64)
    clip = read_clip_folder(root / "clip")
    project_clip(
        clip, clip.label_sets, TargetSpecs.from_dict({"heads": HEADS}), root / "out", workers=1
    )
    recording = make_recording(OPTIONS)
    time_ns = int(recording.ticks_ns[0])
    arrays = {}
    for head in HEADS:
        with np.load(root / "out" / head / "rasters" / f"{time_ns}.npz") as archive:
            arrays[head] = dict(archive)
    (index,) = (root / "out" / "flow" / "ticks").glob("*.parquet")
    labels = pq.read_table(index).to_pylist()[0]["labels"]
    renderer = Renderer(recording.scene, sun_direction(2.25, 0.72), smooth=False)
    return Made(recording, renderer, time_ns, arrays, labels)


def test_flow_is_how_far_the_simulators_bodies_go(made: Made) -> None:
    flow, valid = made.arrays["flow"]["flow_m"], made.arrays["flow"]["flow_valid"]
    instance, height = made.arrays["flow"]["instance"], made.arrays["flow"]["height_m"]
    bodies = {body.label_id: body for body in made.recording.scene.bodies}
    rotation, position = made.pose
    moving = 0
    for place, label in enumerate(made.labels):
        body = bodies.get(label["label_id"])
        cells = np.argwhere(instance == place)
        if body is None or not len(cells):
            assert not valid[instance == place].any()
            continue
        ego = np.column_stack([(cells + 0.5) * CELL_M + CORNER[:2], height[instance == place]])
        world = ego @ rotation.T + position
        turns, places = body.at(np.array([made.time_ns, made.time_ns + round(LATER_S * 1e9)]))
        later = (world - places[0]) @ turns[0] @ turns[1].T + places[1]
        expected = ((later - world) @ rotation)[:, :2]
        assert valid[instance == place].all()
        # Arrays hold 32-bit heights, and tracks are written to the nanometre.
        assert np.allclose(flow[instance == place], expected, atol=1e-5)
        moving += int(np.abs(expected).max() > 0.5)
    assert moving >= 4
    assert not flow[~valid].any()


def centres_of(cells: NDArray[np.int64]) -> NDArray[np.float64]:
    return (cells + 0.5) * CELL_M + CORNER


def looks(made: Made, ego: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far the lidar sees towards points (n, 3), as shares of their distances; and these."""
    away = ego - np.array(LIDAR.position_m)
    turn = -np.arctan2(away[:, 1], away[:, 0]) / (2.0 * math.pi)
    column = np.floor((turn + 0.5) * LIDAR.columns).clip(0, LIDAR.columns - 1)
    turn = (column + 0.5) / LIDAR.columns - 0.5
    times = made.time_ns + np.round(turn * LIDAR.turn_s * 1e9).astype(np.int64)
    rotation, position = made.pose
    turns, places = made.recording.ego.at(times)
    origins = places + turns @ np.array(LIDAR.position_m)
    ways = ego @ rotation.T + position - origins
    return made.cast(times, origins, ways), np.linalg.norm(ways, axis=1)


def holds_something(made: Made, ego: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(n,) whether there is a surface in cells with these middles, at the tick's time."""
    rotation, position = made.pose
    found = np.zeros(len(ego), dtype=bool)
    times = np.full(len(ego), made.time_ns, dtype=np.int64)
    places = np.linspace(-0.5, 0.5, 7) * CELL_M
    for axis in range(3):
        way = np.zeros(3)
        way[axis] = CELL_M
        for one in places:
            for other in places:
                start = np.insert([one, other], axis, -0.5 * CELL_M)
                origins = (ego + start) @ rotation.T + position
                ways = np.tile(rotation @ way, (len(ego), 1))
                found |= made.cast(times, origins, ways) <= 1.0
    return found


def test_what_is_occupied_holds_a_surface_or_lies_in_a_box(made: Made) -> None:
    space = made.arrays["space"]
    cells = np.argwhere((space["state"] == 2) & (space["box_class"] < 0))
    assert len(cells) > 2000
    # A thin twig may stand between the rays that look for it; a car that was there before may not.
    assert holds_something(made, centres_of(cells)).mean() > 0.98
    rotation, position = made.pose
    middles = centres_of(np.argwhere(np.ones(SIZE, dtype=bool))) @ rotation.T + position
    boxed = np.zeros(len(middles), dtype=bool)
    for body in made.recording.scene.bodies:
        turns, places = body.at(made.time_ns)
        local = (middles - places[0]) @ turns[0]
        boxed |= (np.abs(local) <= body.shape.size_m / 2).all(axis=1)
    assert np.array_equal(boxed.reshape(SIZE), space["box_class"] >= 0)
    assert (space["state"][boxed.reshape(SIZE)] == 2).all()
    assert boxed.sum() > 200


def test_a_body_that_drives_on_while_the_lidar_turns_leaves_nothing_behind(made: Made) -> None:
    space = made.arrays["space"]
    cells = np.argwhere((space["state"] == 2) & (space["box_class"] < 0))
    rotation, position = made.pose
    middles = centres_of(cells) @ rotation.T + position
    near = np.zeros(len(cells), dtype=bool)
    for body in made.recording.scene.bodies:
        if body.track is not None:
            turns, places = body.at(made.time_ns)
            local = np.abs((middles - places[0]) @ turns[0])
            # Beside it as high as it is, but for the ground that it drives on.
            reach = body.shape.size_m / 2 + [1.5, CELL_M, -CELL_M]
            near |= (local <= reach).all(axis=1)
    ghosts = near.copy()
    ghosts[near] = ~holds_something(made, centres_of(cells[near]))
    assert ghosts.sum() <= 1


def test_what_is_free_was_looked_through_and_what_is_unknown_was_not(made: Made) -> None:
    state = made.arrays["space"]["state"]
    rng = np.random.default_rng(2)
    free = rng.permutation(np.argwhere(state == 1))[:3000]
    assert len(free) == 3000
    # A beam may go through a corner of a cell whose middle is in the ground.
    steps = np.linspace(-0.49, 0.49, 4) * CELL_M
    inside = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    seen, _ = looks(made, (centres_of(free)[:, None] + inside).reshape(-1, 3))
    assert (seen.reshape(len(free), -1) >= 1.0).any(axis=1).mean() > 0.99
    unknown = np.argwhere(state == 0)
    centres = centres_of(unknown)
    away = centres - np.array(LIDAR.position_m)
    distance = np.linalg.norm(away, axis=1)
    elevation = np.degrees(np.arcsin(away[:, 2] / distance))
    # Where its beams go, and near enough that they leave no cell out between them.
    reached = (elevation > LIDAR.low_deg + 3.0) & (elevation < LIDAR.high_deg - 3.0)
    reached &= (distance > 2.0) & (distance < 20.0)
    chosen = rng.permutation(centres[reached])[:6000]
    assert len(chosen) > 1000
    seen, distance = looks(made, chosen)
    hidden = seen * distance < distance + CELL_M
    # What looks at the sky comes back with nothing, and frees nothing.
    nothing = ~np.isfinite(seen) | (seen * distance > LIDAR.reach_m / 3.0)
    assert (hidden | nothing).mean() > 0.98
    assert hidden.mean() > 0.5
