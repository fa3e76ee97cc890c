from dataclasses import replace

import numpy as np
import pytest
from raster_views import ORIGIN, scene, view

from projection import rle
from projection.raster import visits
from projection.raster.amodal import silhouettes
from projection.raster.memory import Workspace
from projection.raster.spans import PinholePainter
from projection.raster.tessellate import OCCLUDER_SCALE, concatenate, cuboids, polygon, surface
from projection.raster.zbuffer import rasterise

KINDS = [
    ("pinhole", None),
    ("opencv_fisheye", None),
    ("pinhole", "top_to_bottom"),
    ("opencv", "left_to_right"),
]
UPRIGHT = [0.0, 0.0, 0.0, 1.0]


def box(owner, x, y, size=(2.0, 2.0, 2.0), scale=1.0):
    return cuboids(
        ORIGIN, [ORIGIN + np.array([x, y, 1.4])], [UPRIGHT], [size], [owner], scale=scale
    )


@pytest.mark.parametrize(("model", "direction"), KINDS)
def test_masks_are_those_of_each_label_drawn_alone(model, direction):
    here = view(model, direction)
    triangles = scene(40, seed=11, moving=direction is not None)
    drawn = rasterise(here, triangles)
    found = silhouettes(triangles, drawn)
    assert found.whole.owners.tolist() == list(range(41))
    covered_by_several = 0
    for row, owner in enumerate(found.whole.owners):
        alone = rasterise(here, triangles.take(triangles.owners == owner)).owner == owner
        seen = drawn.owner == owner
        np.testing.assert_array_equal(rle.decode(found.whole.coco(row)), alone)
        np.testing.assert_array_equal(rle.decode(found.visible.coco(row)), seen)
        assert found.whole.areas_px[row] == alone.sum()
        assert found.visible.areas_px[row] == seen.sum()
        share = 1.0 - seen.sum() / alone.sum() if alone.any() else 0.0
        assert found.hidden[row] == pytest.approx(share, abs=1e-12)
        ids, counts = np.unique(drawn.owner[alone & ~seen], return_counts=True)
        best = sorted(zip(-counts, ids, strict=True))[:3]
        named = [(-px, who) for who, px in zip(found.hiders[row], found.hider_px[row], strict=True)]
        assert [pair for pair in named if pair[1] >= 0] == best
        covered_by_several += len(best) > 1
    assert covered_by_several > 0


def test_the_visible_masks_are_the_id_pictures_masks():
    here = view("opencv")
    triangles = scene(20, seed=1)
    drawn = rasterise(here, triangles)
    found = silhouettes(triangles, drawn)
    assert found.visible.counts == rle.encode_ids(drawn.owner, found.visible.owners).counts


def test_a_shrunk_occluder_hides_less_and_never_its_own_label():
    here = view()
    full = concatenate([box(0, 8.0, 0.0), box(1, 14.0, 1.8)])
    shrunk = concatenate(
        [box(0, 8.0, 0.0, scale=OCCLUDER_SCALE), box(1, 14.0, 1.8, scale=OCCLUDER_SCALE)]
    )
    hard = silhouettes(full, rasterise(here, full))
    soft = silhouettes(full, rasterise(here, shrunk))
    assert soft.whole.counts == hard.whole.counts
    assert soft.hidden[0] == hard.hidden[0] == 0.0
    assert 0.0 < soft.hidden[1] < hard.hidden[1] <= 1.0
    assert soft.hiders[1].tolist() == [0, -1, -1]


def test_labels_without_a_pixel_have_empty_masks():
    here = view()
    triangles = concatenate([box(0, 8.0, 0.0), box(5, -8.0, 0.0)])
    found = silhouettes(triangles, rasterise(here, triangles), owners=[5, 0, 9])
    assert found.whole.owners.tolist() == [5, 0, 9]
    assert found.whole.areas_px[[0, 2]].tolist() == [0, 0]
    assert found.hidden.tolist() == [0.0, 0.0, 0.0]
    assert (found.hiders == -1).all()
    assert found.whole.areas_px[1] == found.visible.areas_px[1] > 0


def test_a_scene_without_labels_has_no_masks():
    here = view()
    nothing = concatenate([])
    found = silhouettes(nothing, rasterise(here, nothing))
    assert len(found.whole) == len(found.visible) == 0
    assert found.hiders.shape == (0, 3)


def test_a_label_that_is_wholly_hidden_says_by_whom():
    here = view()
    triangles = concatenate([box(2, 6.0, 0.0, (1.0, 4.0, 3.0)), box(7, 12.0, 0.0, (1.0, 1.0, 1.0))])
    found = silhouettes(triangles, rasterise(here, triangles))
    assert found.hidden.tolist() == [0.0, 1.0]
    assert found.hiders[1].tolist() == [2, -1, -1]
    assert found.hider_px[1, 0] == found.whole.areas_px[1] > 0


def test_one_workspace_serves_picture_after_picture():
    here = view()
    memory = Workspace()
    for seed in range(4):
        triangles = scene(10, seed)
        shared = silhouettes(triangles, rasterise(here, triangles, memory), workspace=memory)
        own = silhouettes(triangles, rasterise(here, triangles))
        assert shared.whole.counts == own.whole.counts
        assert shared.visible.counts == own.visible.counts


def test_ids_beyond_the_table_get_a_sentence():
    here = view()
    far = surface(ORIGIN, np.zeros((1, 3, 3)) + ORIGIN, [1 << 22])
    with pytest.raises(ValueError, match="owners: expected ids below 4194304, found 4194304"):
        silhouettes(far, rasterise(here, far))


@pytest.mark.parametrize(("model", "direction"), KINDS)
def test_what_was_found_while_drawing_says_the_same_as_asking_again(model, direction):
    here = view(model, direction)
    rng = np.random.default_rng(4)
    along = np.linspace(2.0, 40.0, 14)
    grounds = []
    for owner, (y, width) in enumerate([(0.0, 9.0), (3.0, 8.0), (-1.0, 2.0)]):
        heights = rng.uniform(-0.05, 0.05, (2, len(along)))
        left = np.stack([along, np.full(len(along), y + width / 2), heights[0]], axis=1)
        right = np.stack([along, np.full(len(along), y - width / 2), heights[1]], axis=1)
        ring = np.concatenate([left, right[::-1]]) + ORIGIN
        grounds.append(polygon(ORIGIN, [ring], 10 + owner, nearer=2e-3 * owner))
    cars = [box(owner, 6.0 + 5.0 * owner, owner - 2.0) for owner in range(5)]
    plain = [replace(ground, nearer=np.zeros_like(ground.nearer)) for ground in grounds]
    full, occluders = concatenate(cars + grounds), concatenate(cars + plain)
    owners, names = np.unique(full.owners), [10, 11, 12]
    asked = silhouettes(full, rasterise(here, occluders), owners)
    drawn = rasterise(here, occluders, labels=names)
    assert drawn.recalls == (not isinstance(drawn.painter, PinholePainter))
    recalled = {10 + owner: 2e-3 * owner for owner in range(3)} if drawn.recalls else {}
    triangles = concatenate(cars) if drawn.recalls else full
    told = silhouettes(triangles, drawn, owners, drawn_as_is=names, recalled=recalled)
    assert told.whole.counts == asked.whole.counts
    assert told.visible.counts == asked.visible.counts
    np.testing.assert_array_equal(told.hiders, asked.hiders)
    np.testing.assert_array_equal(told.hider_px, asked.hider_px)
    # Some of each is hidden, some of it by what it is painted on in the other picture.
    assert (told.visible.areas_px[-3:] < told.whole.areas_px[-3:]).all()
    assert (told.visible.areas_px[-1] > (drawn.owner == 12).sum()).all()


def test_surfaces_drawn_in_more_tiles_than_are_kept_are_not_recalled(monkeypatch):
    here = view("opencv")
    ring = np.array([[2, -4, 0], [40, -4, 0.3], [40, 4, 0], [2, 4, 0.2]]) + ORIGIN
    road = polygon(ORIGIN, [ring], 3)
    whole = rasterise(here, road, labels=[3])
    assert whole.recalls
    monkeypatch.setattr(visits, "_ROOM", 2)
    drawn = rasterise(here, road, labels=[3])
    assert drawn.visits.counts.tolist() == [2, int(whole.visits.counts[0]) - 2]
    assert not drawn.recalls
    with pytest.raises(ValueError, match="recalled: expected a z-buffer that kept"):
        silhouettes(concatenate([], ORIGIN), drawn, recalled={3: 0.0})
    asked = silhouettes(road, drawn, drawn_as_is=[3])
    assert silhouettes(concatenate([], ORIGIN), whole, recalled={3: 0.0}).whole.counts == (
        asked.whole.counts
    )
