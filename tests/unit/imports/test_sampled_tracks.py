"""Boxes at single moments become tracks that say the same at these moments."""

from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from projection import Track
from projection.rigid import RigidTransform
from projection.sampled import Sampling, Seen, cuboids_of

STEP_NS = 100_000_000
values = st.one_of(st.booleans(), st.integers(-5, 5), st.text(max_size=3), st.floats(-2, 2))


@st.composite
def sightings(draw):
    """Boxes of one track at some of several moments; attributes are said from their first on."""
    count = draw(st.integers(1, 8))
    there = draw(st.lists(st.booleans(), min_size=count, max_size=count).filter(any))
    stands = draw(st.booleans())
    names = draw(st.lists(st.text(min_size=1, max_size=4), unique=True, max_size=3))
    seen = []
    said: dict = {}
    angles = draw(st.tuples(*[st.floats(-3, 3)] * 3))
    for index in range(count):
        if not there[index]:
            continue
        for name in names:
            if not seen or draw(st.booleans()):
                said = {**said, name: draw(values)}
        moved = 0.0 if stands else draw(st.floats(-5, 5))
        turned = Rotation.from_euler("ZYX", np.array(angles) + (0 if stands else 0.1 * moved))
        pose = RigidTransform([moved, 2.0, 1.0], turned.as_quat())
        size = (4.0, 2.0, 1.5 if stands else 1.5 + abs(moved) / 9)
        seen.append(Seen("t", "車 a", index * STEP_NS, pose, size, dict(said)))
    return count, seen


@given(sightings())
def test_a_track_is_at_its_moments_what_was_seen_and_gone_where_it_was_not(drawn) -> None:
    count, seen = drawn
    times = [index * STEP_NS for index in range(count)]
    report: Counter[str] = Counter()
    (label,) = cuboids_of(seen, Sampling(times, None, 1e-6), report)
    track = Track.from_dict(label)
    assert not report
    there = {box.time_ns for box in seen}
    assert track.exists(times).tolist() == [time_ns in there for time_ns in times]
    for box in seen:
        state = track.at(box.time_ns)
        assert state is not None
        np.testing.assert_allclose(state.position_m, box.world_from_box.position_m, atol=1e-5)
        np.testing.assert_allclose(state.size_m, box.size_m, atol=1e-5)
        same = abs(float(state.quat_xyzw @ box.world_from_box.quat_xyzw))
        assert abs(same - 1.0) < 1e-9
        assert state.attributes == box.attributes
        for name, value in box.attributes.items():
            assert isinstance(state.attributes[name], bool) == isinstance(value, bool)
    # Between two moments at which it isn't there, it isn't.
    for before, after in pairwise(times):
        if before not in there and after not in there:
            assert not track.exists((before + after) // 2)[0]


def test_what_changes_its_class_or_is_twice_at_a_moment_is_reported() -> None:
    pose = RigidTransform([0, 0, 0], [0, 0, 0, 1])
    other = RigidTransform([1, 0, 0], [0, 0, 0, 1])
    seen = [
        Seen("t", "car", 0, pose, (4, 2, 1), {"a": 1}),
        Seen("t", "car", 0, other, (4, 2, 1), {}),
        Seen("t", "van", 5, other, (4, 2, 1), {}),
        Seen("t", "car", 9, other, (4, 2, 1), {}),
    ]
    report: Counter[str] = Counter()
    (label,) = cuboids_of(seen, Sampling([0, 5, 9], None, 1e-6), report)
    assert label["class"] == "car"
    assert label["keyframes"][0]["position_m"] == [0.0, 0.0, 0.0]
    assert {sentence.split(":")[0] for sentence in report} == {
        "tracks whose class changes",
        "boxes of a track at a time at which it has one already",
        "attributes that a track stops saying",
    }


def test_a_long_time_without_a_thing_is_a_gap_where_moments_are_many_cameras() -> None:
    pose = [RigidTransform([x, 0, 0], [0, 0, 0, 1]) for x in range(3)]
    seen = [Seen("t", "car", t, p, (4, 2, 1), {}) for t, p in zip((0, 10, 40), pose, strict=True)]
    (label,) = cuboids_of(seen, Sampling([0, 40], 15, 1e-6), Counter())
    assert [k.get("gap_after", False) for k in label["keyframes"]] == [False, True, False]
