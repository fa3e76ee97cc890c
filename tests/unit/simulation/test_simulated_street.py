"""Shapes, street, traffic and rig: what makes the scene right."""

import math

import numpy as np
import pytest

from projection import Camera, Status
from simulation.labels import road_label_set
from simulation.lenses import LENSES, WIDE_LENSES
from simulation.mesh import Material, box
from simulation.motion import Progress, held_progress
from simulation.recording import ClipOptions, Recording, make_recording
from simulation.rendering import cast_rays
from simulation.rig import Mount, camera_spec, car_rig
from simulation.road import KERB_HEIGHT_M, LANE_LINES
from simulation.scene import Body, Scene, Shape
from simulation.surface import street_mesh
from simulation.surfaces import painted
from simulation.tracing import prepare

EGO_SIZE_M = (4.7, 1.9)
EGO_CENTRE_M = 1.35


@pytest.fixture(scope="module")
def recording() -> Recording:
    return make_recording(ClipOptions(pictures=False, sweeps=False, moving=18))


def test_every_shape_touches_all_six_sides_of_its_cuboid_and_stays_inside(
    recording: Recording,
) -> None:
    shapes = {body.class_name: body.shape for body in recording.scene.bodies}
    assert set(shapes) == {
        "car", "van", "truck", "pedestrian", "cyclist", "traffic_cone", "container",
    }  # fmt: skip
    for shape in shapes.values():
        points = shape.mesh.corners.reshape(-1, 3)
        np.testing.assert_allclose(points.max(axis=0), shape.size_m / 2, atol=1e-12)
        np.testing.assert_allclose(points.min(axis=0), -shape.size_m / 2, atol=1e-12)


def test_everyone_stands_on_the_ground(recording: Recording) -> None:
    time_ns = int(recording.ticks_ns[0])
    street = recording.street
    s = street.stations()
    axis = street.line.at(s, np.zeros(len(s)))
    for body in recording.scene.bodies:
        rotations, positions = body.at(time_ns)
        foot = positions[0] - rotations[0][:, 2] * body.shape.size_m[2] / 2
        near = np.linalg.norm(axis - foot[:2], axis=1).argmin()
        ground = float(street.ground_height(foot[:2]))
        # Camber lowers the road's edge, the kerb raises the pavement.
        assert -0.16 < foot[2] - ground < 0.14, (body.class_name, s[near])


def footprint(rotation: np.ndarray, centre: np.ndarray, size: tuple[float, float]) -> np.ndarray:
    signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) / 2.0
    local = np.column_stack([signs * np.array(size), np.zeros(4)])
    return (local @ rotation.T + centre)[:, :2]


def overlap(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two convex footprints share more than a touch: no side separates them."""
    for ring, other in ((a, b), (b, a)):
        for start, end in zip(ring, np.roll(ring, -1, axis=0), strict=True):
            normal = np.array([end[1] - start[1], start[0] - end[0]])
            if ((other - start) @ normal).min() >= -1e-9:
                return False
    return True


@pytest.mark.parametrize(
    ("seed", "ticks", "moving"), [(1, 20, 18), (2, 20, 25), (3, 20, 16), (4, 25, 18), (5, 300, 50)]
)
def test_nobody_runs_into_anybody(seed: int, ticks: int, moving: int) -> None:
    options = ClipOptions(seed=seed, ticks=ticks, moving=moving, pictures=False, sweeps=False)
    made = make_recording(options)
    # People pass each other on the pavement as close as they like.
    bodies = [b for b in made.scene.bodies if b.class_name not in {"pedestrian", "traffic_cone"}]
    walkers = [b for b in made.scene.bodies if b.class_name == "pedestrian"]
    for tick in made.ticks_ns[:: max(1, ticks // 20)]:
        rotations, positions = made.ego.at(tick)
        ahead = rotations[0] @ np.array([EGO_CENTRE_M, 0.0, 0.0])
        rings = [footprint(rotations[0], positions[0] + ahead, EGO_SIZE_M)]
        for body in bodies + walkers:
            R, p = body.at(tick)
            rings.append(footprint(R[0], p[0], tuple(body.shape.size_m[:2])))
        middles = np.array([ring.mean(axis=0) for ring in rings])
        reach = np.array([np.linalg.norm(ring[0] - ring[2]) / 2.0 for ring in rings])
        vehicles = 1 + len(bodies)
        for i in range(vehicles):
            apart = np.linalg.norm(middles - middles[i], axis=1)
            near = np.nonzero(apart < reach + reach[i])[0]
            for j in near[near > i]:
                names = ["ego", *[b.class_name for b in bodies + walkers]]
                assert not overlap(rings[i], rings[j]), (names[i], names[j], middles[i])


def test_a_crossing_keeps_the_recording_car_slow_and_turning(recording: Recording) -> None:
    ego = recording.ego
    speed = np.linalg.norm(np.diff(ego.positions_m, axis=0), axis=1) / np.diff(ego.times_ns) * 1e9
    assert speed.min() < 5.0
    assert speed.max() > 7.5
    R, _ = ego.at(np.array([ego.times_ns[0], ego.times_ns[-1]]))
    turned = math.acos(np.clip((R[0][:, 0] * R[1][:, 0]).sum(), -1, 1))
    assert turned > math.radians(5.0)
    tilt = np.arcsin(ego.at(ego.times_ns)[0][:, 2, 1])
    assert 1e-4 < np.ptp(tilt) < 0.1


def test_standing_traffic_never_drives_backwards() -> None:
    progress = held_progress(6.2, 6.2, 2.7)
    t = np.linspace(-0.5, 15.0, 500)
    assert (np.diff(progress.distance(t)) > -1e-6).all()
    assert float(progress.speed(4.0)) == pytest.approx(0.0, abs=0.05)


def test_distance_is_the_integral_of_speed_also_beyond_the_given_times() -> None:
    progress = Progress([0.0, 2.0, 4.0], [5.0, 8.0, 6.0])
    t = np.linspace(-1.0, 6.0, 7001)
    distance = progress.distance(t)
    np.testing.assert_allclose(np.gradient(distance, t)[1:-1], progress.speed(t)[1:-1], atol=2e-3)
    assert float(progress.distance(0.0)) == 0.0


def surface_heights(recording: Recording, points: np.ndarray) -> np.ndarray:
    """Height of the street's surface below points, by rays straight down."""
    geometry, _ = prepare(Scene((street_mesh(recording.street),), ()))
    origins = points + np.array([0.0, 0.0, 2.0])
    down = np.tile([0.0, 0.0, -1.0], (len(points), 1))
    lines = np.zeros(len(points), dtype=np.int32)
    ranges, _ = cast_rays(geometry, np.zeros((1, 0, 12)), lines, origins, down)
    return origins[:, 2] - ranges


def test_road_labels_lie_on_the_surface_between_their_vertices_too(recording: Recording) -> None:
    labels = road_label_set(
        recording.street, np.random.default_rng(0), first_m=-40.0, last_m=90.0, piece_m=50.0
    )["labels"]
    classes = [label["class"] for label in labels]
    assert classes.count("lane_boundary") == 3 * len(LANE_LINES)
    assert classes.count("kerb") == 6
    assert classes.count("road_surface") == 3
    assert classes.count("crossing") == 1
    for label in labels:
        if label["class"] == "kerb":
            continue
        ring = np.array(label.get("vertices_m") or label["rings_m"][0])
        between = (ring[:-1] + ring[1:]) / 2.0
        middle = ring.mean(axis=0)
        # Rays on the surface's very rim may miss it: a millimetre towards the middle.
        points = np.concatenate([ring[1:-1], between])
        inward = middle - points
        inward[:, 2] = 0.0
        points += 1e-3 * inward / np.linalg.norm(inward, axis=1, keepdims=True)
        found = surface_heights(recording, points)
        np.testing.assert_allclose(found, points[:, 2], atol=2e-4)


def test_kerb_labels_run_along_the_upper_edge_of_the_kerb(recording: Recording) -> None:
    labels = road_label_set(
        recording.street, np.random.default_rng(0), first_m=0.0, last_m=40.0, piece_m=90.0
    )["labels"]
    kerbs = [np.array(x["vertices_m"]) for x in labels if x["class"] == "kerb"]
    for vertices in kerbs:
        along = vertices[2:] - vertices[:-2]
        across = np.column_stack([-along[:, 1], along[:, 0]])
        across /= np.linalg.norm(across, axis=1, keepdims=True)
        heights = []
        for side in (-0.02, 0.02):
            points = vertices[1:-1].copy()
            points[:, :2] += side * across
            heights.append(surface_heights(recording, points) - points[:, 2])
        top, foot = np.maximum(*heights), np.minimum(*heights)
        np.testing.assert_allclose(top, 0.0, atol=2e-3)
        np.testing.assert_allclose(foot, -KERB_HEIGHT_M, atol=2e-3)


def test_paint_is_where_the_labels_say(recording: Recording) -> None:
    lines, crossings = recording.scene.markings
    for line in LANE_LINES:
        s = np.arange(-50.0, 20.0, 0.05)
        on = np.array([painted(x, line.d_m, lines, crossings) for x in s])
        beside = [painted(x, line.d_m + line.width_m, lines, crossings) for x in s]
        assert not any(beside)
        if line.style == "solid":
            assert on.all()
        else:
            share = line.dash_m / (line.dash_m + line.gap_m)
            assert on.mean() == pytest.approx(share, abs=0.06)
    first, last = recording.street.crossings[0]
    d = np.arange(-10.0, 5.4, 0.02)
    bars = np.array([painted((first + last) / 2, x, lines, crossings) for x in d])
    assert bars.mean() == pytest.approx(0.5, abs=0.05)


def test_the_car_has_the_cameras_it_should_have() -> None:
    rig = car_rig(480)
    models = [camera["model"] for camera in rig.cameras]
    assert len(rig.cameras) == 8
    assert models.count("opencv_fisheye") >= 2
    assert models.count("opencv") >= 2
    directions = [c["shutter"].get("direction") for c in rig.cameras]
    assert len({d for d in directions if d}) >= 3
    assert len(set(rig.phases.values())) == 8
    widest = max(
        2 * camera["max_angle_rad"] for camera in rig.cameras if camera["model"] == "opencv_fisheye"
    )
    assert widest > math.pi


@pytest.mark.parametrize("lens", LENSES)
@pytest.mark.parametrize("width", [160, 1920])
def test_every_lens_sees_as_wide_as_it_was_asked_to(lens: str, width: int) -> None:
    view_deg = 170.0 if lens in WIDE_LENSES else 80.0
    mount = Mount("a", lens, (1920, 1200), view_deg, (0, 0, 1), 0.0, 0.0, "global", 0.0)
    camera = Camera.from_dict(camera_spec(mount, width / 1920))
    row = (camera.height - 1) / 2.0
    rays, status = camera.unproject(
        np.array([[-0.5, row], [width - 0.5 - 1e-6, row], [(width - 1) / 2.0, row]])
    )
    assert (status == Status.OK).all()
    angle = math.degrees(math.acos(float(rays[0] @ rays[1])))
    if lens in WIDE_LENSES:
        angle = math.degrees(sum(math.acos(float(ray @ rays[2])) for ray in rays[:2]))
    assert angle == pytest.approx(view_deg, abs=3.0)


def test_a_rig_with_another_lens_is_asked_for_by_camera_name() -> None:
    rig = car_rig(320, lenses={"front_main": "ftheta"})
    assert {c["name"]: c["model"] for c in rig.cameras}["front_main"] == "ftheta"
    with pytest.raises(ValueError, match=r"lenses: expected cameras among .*, found 'nose'"):
        car_rig(320, lenses={"nose": "ftheta"})
    with pytest.raises(ValueError, match=r"lens: expected one of .*, found 'glass'"):
        car_rig(320, lenses={"front_main": "glass"})
    with pytest.raises(ValueError, match="view_deg of rear: expected at most 150 with pinhole"):
        car_rig(320, lenses={"rear": "pinhole"})
    with pytest.raises(ValueError, match="width: expected at least 32, found 8"):
        car_rig(8)


def test_a_body_stands_or_moves_but_not_neither() -> None:
    shape = Shape.of(box((1, 1, 1), (0, 0, 0), Material.PLAIN, (1, 1, 1)))
    with pytest.raises(ValueError, match="body a: expected a pose or a track, found neither"):
        Body("a", "car", shape)
