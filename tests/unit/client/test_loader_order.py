"""Which windows there are, in which order they come, and how they are joined."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco_mask

from labelapp.client.training import BatchSampler, Share, Window, collate, decode_mask
from labelapp.client.training.store import ClipIndex
from labelapp.client.training.windows import Steps, WindowList, nearest


def clip(**times: list[int]) -> ClipIndex:
    return ClipIndex("c", {name: np.array(t, np.int64) for name, t in times.items()})


def test_windows_step_along_the_first_camera_and_know_their_clip() -> None:
    clips = [clip(a=[0, 10, 20, 30, 40]), clip(b=[5, 15]), clip(a=[0, 10, 20])]
    windows = WindowList(clips, Window(steps=2, cameras=["a"], every=2, stride=1))
    found = [(w.clip, w.times_ns.tolist()) for w in (windows[n] for n in range(len(windows)))]
    assert found == [(0, [0, 20]), (0, [10, 30]), (0, [20, 40]), (2, [0, 20])]
    with pytest.raises(ValueError, match="cameras: a, b"):
        WindowList(clips, Window(cameras=["c"]))
    with pytest.raises(ValueError, match="steps: expected a whole number"):
        Window(steps=0)


@given(st.lists(st.integers(0, 1000), max_size=20, unique=True), st.integers(0, 1000))
def test_the_nearest_time_is_found_unless_it_is_too_far(times: list[int], step: int) -> None:
    ordered = np.array(sorted(times), np.int64)
    (found,) = nearest(ordered, Steps(0, 0, np.array([step], np.int64), 100))
    best = min((abs(time - step) for time in times), default=None)
    if best is None or best > 100:
        assert found is None
    else:
        assert abs(int(ordered[found]) - step) == best


@given(st.integers(0, 60), st.integers(1, 7), st.integers(1, 4), st.booleans(), st.integers(0, 5))
def test_ranks_share_an_epoch_without_overlap_and_do_as_many_batches(
    count: int, batch_size: int, world: int, drop_last: bool, epoch: int
) -> None:
    samplers = [
        BatchSampler(count, batch_size, seed=3, share=Share(rank, world), drop_last=drop_last)
        for rank in range(world)
    ]
    seen: list[int] = []
    for sampler in samplers:
        sampler.epoch = epoch
        batches = list(sampler)
        assert len(batches) == len(samplers[0])
        seen += [number for batch in batches for number in batch]
    assert len(set(seen)) == len(seen) <= count
    if not drop_last:
        assert len(seen) == count - count % world


def test_an_order_is_its_seeds_and_epochs_alone() -> None:
    first, again = (BatchSampler(50, 4, seed=7) for _ in range(2))
    assert list(first) == list(again)
    again.epoch = 1
    assert list(first) != list(again)
    first.start = 5
    assert list(first) == list(BatchSampler(50, 4, seed=7))[5:]
    assert list(BatchSampler(5, 2, shuffle=False)) == [[0, 1], [2, 3], [4]]


def test_what_is_shorter_is_padded_and_what_lacks_a_head_is_masked() -> None:
    one = {"heads": {"cars": {"has": np.array([[True]]), "box": np.ones((1, 1, 2, 4), np.float32)}}}
    two = {"heads": {"cars": {"has": np.array([[True]]), "box": np.ones((1, 1, 1, 4), np.float32)}}}
    batch = collate([one, two, {"heads": {}}])["heads"]["cars"]
    assert batch["has"].tolist() == [[[True]], [[True]], [[False]]]
    assert batch["box"].shape == (3, 1, 1, 2, 4)
    assert np.isnan(batch["box"][1, 0, 0, 1]).all()
    assert np.isnan(batch["box"][2]).all()


@given(st.integers(1, 40), st.integers(1, 40), st.floats(0, 1), st.integers(0, 1000))
def test_masks_read_as_cocos_own_tool_reads_them(h: int, w: int, share: float, seed: int) -> None:
    mask = np.random.default_rng(seed).random((h, w)) < share
    counts = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"].decode()
    assert np.array_equal(decode_mask(counts, (h, w)), mask)
