import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco

from projection import rle

SHAPES = [(1, 1), (1, 9), (9, 1), (5, 6), (48, 64)]


def coco_counts(mask: np.ndarray) -> bytes:
    return coco.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"]


@st.composite
def id_pictures(draw: st.DrawFn) -> np.ndarray:
    height, width = draw(st.integers(1, 24)), draw(st.integers(1, 24))
    seed, block = draw(st.integers(0, 2**32 - 1)), draw(st.integers(1, 5))
    ids = np.random.default_rng(seed).integers(-1, draw(st.integers(0, 4)), (height, width))
    return ids.repeat(block, axis=0).repeat(block, axis=1)[:height, :width].astype(np.int32)


@settings(deadline=None)  # the first example compiles
@given(id_pictures())
def test_strings_are_those_of_pycocotools_to_the_byte(ids):
    owners = [3, 0, 1, 2, 7]
    masks = rle.encode_ids(ids, owners)
    assert masks.counts == [coco_counts(ids == owner) for owner in owners]
    assert masks.counts == rle.encode_ids_reference(ids, owners)


@settings(deadline=None)  # the first example compiles
@given(id_pictures())
def test_area_and_box_are_those_of_the_pixels(ids):
    masks = rle.encode_ids(ids)
    assert masks.owners.tolist() == [owner for owner in np.unique(ids).tolist() if owner >= 0]
    for k, owner in enumerate(masks.owners):
        rows, columns = np.nonzero(ids == owner)
        assert masks.areas_px[k] == rows.size
        box = [columns.min(), rows.min(), columns.max(), rows.max()]
        assert masks.boxes_px[k].tolist() == box


# pycocotools' own arrays don't know NumPy 2's copy keyword.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@settings(deadline=None)  # the first example compiles
@given(id_pictures())
def test_decoding_gives_the_mask_back_and_pycocotools_agrees(ids):
    masks = rle.encode_ids(ids, [0, 1])
    for k in range(2):
        np.testing.assert_array_equal(rle.decode(masks.coco(k)), ids == k)
        np.testing.assert_array_equal(coco.decode(masks.coco(k)), ids == k)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("value", [-1, 0])
def test_empty_and_full_masks_are_right(shape, value):
    ids = np.full(shape, value, dtype=np.int32)
    masks = rle.encode_ids(ids, [0])
    assert masks.counts == [coco_counts(ids == 0)]
    assert masks.areas_px.tolist() == [ids.size if value == 0 else 0]
    empty = [0, 0, -1, -1]
    full = [0, 0, shape[1] - 1, shape[0] - 1]
    assert masks.boxes_px.tolist() == [full if value == 0 else empty]


def test_a_single_pixel_anywhere_is_right():
    for row in range(4):
        for column in range(5):
            ids = np.full((4, 5), -1, dtype=np.int32)
            ids[row, column] = 6
            masks = rle.encode_ids(ids)
            assert masks.counts == [coco_counts(ids == 6)]
            assert masks.boxes_px.tolist() == [[column, row, column, row]]


def test_memory_order_and_integer_type_change_nothing():
    ids = np.random.default_rng(1).integers(-1, 3, (33, 47)).astype(np.int32)
    expected = rle.encode_ids(ids).counts
    assert rle.encode_ids(np.asfortranarray(ids)).counts == expected
    assert rle.encode_ids(ids.astype(np.int64)).counts == expected
    assert rle.encode_ids(np.pad(ids, 3)[3:-3, 3:-3]).counts == expected


def test_ids_may_be_as_large_as_integers_go():
    ids = np.full((6, 7), -1, dtype=np.int32)
    ids[2:4, 1:5], ids[5, 5] = 2_000_000_000, 7
    masks = rle.encode_ids(ids)
    assert masks.owners.tolist() == [7, 2_000_000_000]
    assert masks.counts == [coco_counts(ids == owner) for owner in masks.owners]
    assert rle.encode_ids(ids, [2_000_000_000, 8]).areas_px.tolist() == [8, 0]


def test_a_picture_of_ten_thousand_instances_is_encoded_whole():
    ids = np.arange(10_000, dtype=np.int32).reshape(100, 100).repeat(2, axis=0)
    masks = rle.encode_ids(ids)
    assert len(masks) == 10_000
    assert masks.areas_px.tolist() == [2] * 10_000
    assert masks.counts[4321] == coco_counts(ids == 4321)


def test_a_mask_alone_is_encoded_as_pycocotools_does():
    mask = np.random.default_rng(2).random((31, 17)) < 0.4
    assert rle.encode_mask(mask)["counts"] == coco_counts(mask)


@pytest.mark.parametrize("counts", [b"", b"\x00", b"zzzzzzzzzzzz", b"5", b"o", b"<Z"])
def test_a_broken_string_gets_a_sentence(counts):
    with pytest.raises(ValueError, match="counts: expected"):
        rle.decode({"size": [4, 5], "counts": counts})


def test_an_owner_asked_for_twice_gets_a_sentence():
    with pytest.raises(ValueError, match="owners: expected each id once, found 3 twice"):
        rle.encode_ids(np.zeros((2, 2), dtype=np.int32), [3, 1, 3])


def test_a_picture_of_fractions_gets_a_sentence():
    with pytest.raises(ValueError, match="ids: expected integers of shape"):
        rle.encode_ids(np.zeros((2, 2)))


@pytest.mark.parametrize("largest", [3, 254, 255, 65534])
def test_an_id_picture_keeps_its_ids(largest):
    ids = np.random.default_rng(3).integers(-1, largest + 1, (20, 30)).astype(np.int32)
    ids[0, 0] = largest
    np.testing.assert_array_equal(rle.read_id_picture(rle.id_picture(ids)), ids)


def test_an_id_too_large_for_a_picture_gets_a_sentence():
    with pytest.raises(ValueError, match="ids: expected at most 65534, found 65535"):
        rle.id_picture(np.full((2, 2), 65535, dtype=np.int32))


def test_bytes_that_are_no_picture_get_a_sentence():
    with pytest.raises(ValueError, match="png: expected an id picture"):
        rle.read_id_picture(b"no picture")


def test_nobody_asked_for_gets_no_mask():
    assert len(rle.encode_ids(np.arange(12).reshape(3, 4), [])) == 0
