"""The parts of a clip that get a task each."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from labelapp.work.services.task_split import pieces

_START_NS = 1_732_165_200_123_456_789


@given(st.integers(0, 4 * 10**12), st.floats(1.0, 10_000.0))
def test_parts_touch_and_cover_the_clip_with_its_end(length_ns: int, piece_s: float) -> None:
    end_ns = _START_NS + length_ns
    found = pieces(_START_NS, end_ns, piece_s)
    if length_ns <= piece_s * 1e9:
        assert found == [(None, None)]
        return
    assert found[0][0] == _START_NS
    assert found[-1][1] == end_ns + 1
    assert all(before[1] == after[0] for before, after in pairwise(found))
    lengths = [int(to_ns or 0) - int(from_ns or 0) for from_ns, to_ns in found]
    assert max(lengths) - min(lengths) <= 1
    assert max(lengths) <= piece_s * 1e9 + 2
    assert max(lengths) * (len(found) - 1) < length_ns + len(found), "as few as can be"


def test_without_a_length_there_is_one_part() -> None:
    assert pieces(0, 10**12, None) == [(None, None)]
