"""The boxes of a whole chunk at once, where a spec asks for nothing but what whole arrays can say.

Most of what an image of a few boxes takes is not its geometry but the objects around it. So where
no label but boxes matters, all images of a chunk are worked out together, and become columns
without an object in between. What comes out is what ``ImageMaker`` makes, to the bit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from projection.arrays import BoolArray, Float64Array, Int64Array, UInt8Array
from projection.batch import kernels
from projection.batch.box_drawing import BoxDrawing
from projection.batch.box_stamping import Stamped, Texts
from projection.batch.boxes import is_straight
from projection.batch.images import Head
from projection.batch.label_table import BatchLabel
from projection.batch.pinhole_boxes import pinhole_boxes_in
from projection.batch.scene import Looked
from projection.batch.scenery import Scenery
from projection.cameras.cylindrical import Cylindrical
from projection.cones import LIMIT_SHARE, cone_cosine, picture_cone_rad
from projection.cuboids import project_cuboid
from projection.kernels.boxes import FACES, SILHOUETTES
from projection.labels import Polygon
from projection.rigid import conjugate, rotate
from projection.target_spec import Occluders, TargetSpec

#: What whole arrays can say; the last ones of labels that aren't boxes, of which there are none.
_SAID = frozenset(
    {
        *("box2d_full", "box2d_clipped", "box2d_visible", "mask_whole", "mask_visible"),
        *("truncation", "occlusion", "distance", "depth"),
        *("polyline", "polygon", "keypoints", "point_count"),
    }
)
_ROOM = 4096


@dataclass(frozen=True)
class BoxRows:
    """Boxes in the images of a chunk, for one head: image after image, by rows of the label table.

    Attributes:
        images: (n,) the place of each one's image in the chunk.
        rows: (n,) of the label table.
        box_full: (n, 4) px; NaN: there is none.
        box_clipped: (n, 4) px.
        truncation: (n,)
        distance_m: (n,) from the camera to the centre.
        depth_m: (n,) the same along the optical axis.
        ignored: (n,) whether it breaks a visibility rule.
        seen: What of each is seen; None: nobody asked.
        masks: The whole masks and the visible ones; None: nobody asked.
        chosen: (n,) the rows of ``masks``' and their lengths' own arrays that these are.
        occluders: What could hide labels.
    """

    images: Int64Array
    rows: Int64Array
    box_full: Float64Array
    box_clipped: Float64Array
    truncation: Float64Array
    distance_m: Float64Array
    depth_m: Float64Array
    ignored: BoolArray
    seen: Stamped | None
    masks: tuple[Texts, Texts] | None
    chosen: Int64Array
    occluders: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, chosen: Int64Array | BoolArray) -> "BoxRows":
        """Some of them."""
        seen = self.seen
        return replace(
            self,
            images=self.images[chosen],
            rows=self.rows[chosen],
            box_full=self.box_full[chosen],
            box_clipped=self.box_clipped[chosen],
            truncation=self.truncation[chosen],
            distance_m=self.distance_m[chosen],
            depth_m=self.depth_m[chosen],
            ignored=self.ignored[chosen],
            seen=None if seen is None else seen.take(chosen),
            chosen=self.chosen[chosen],
        )


class BoxRowMaker:
    """Makes the boxes of chunks, one after the other, in the same memory.

    Args:
        labels: The label table.
        heads: What is asked for.
        scenery: What stands around.
    """

    def __init__(
        self, labels: Sequence[BatchLabel], heads: Sequence[Head], scenery: Scenery
    ) -> None:
        self._labels = labels
        self._heads = heads
        self._drawing = BoxDrawing()
        self._grounds = frozenset(
            row for row, entry in enumerate(labels) if isinstance(entry.label, Polygon)
        )
        bare = scenery.mesh is None and scenery.cloud is None
        self._plain = [bare and _is_plain(head.spec) for head in heads]

    def make(
        self, looked: Looked, shares: Mapping[int, Sequence[int]]
    ) -> dict[int, BoxRows] | None:
        """The boxes of a chunk by head; None: there is more to it than boxes.

        Args:
            looked: The chunk's images.
            shares: For each head that is asked for the places of the images that it takes.
        """
        if not all(self._plain[head] for head in shares):
            return None
        camera = looked.views[0].camera
        if isinstance(camera.lens, Cylindrical) or camera.ray_warp is not None:
            return None
        heads = [self._heads[head] for head in shares]
        others = set().union(*(own.tolist() for own in looked.others))
        matter = frozenset().union(*(head.rows for head in heads))
        if any(head.spec.occluders.polygons and head.spec.needs_drawing for head in heads):
            matter |= self._grounds
        if not matter.isdisjoint(others):
            return None
        by_rules: dict[tuple[Occluders, float], list[int]] = {}
        for head in shares:
            spec = self._heads[head].spec
            by_rules.setdefault((spec.occluders, spec.tolerance_px), []).append(head)
        found: dict[int, BoxRows] = {}
        for numbers in by_rules.values():
            whole = self._of_group(looked, numbers)
            for number in numbers:
                found[number] = self._of_head(whole, number, looked, shares[number])
        return found

    def _of_group(self, looked: Looked, numbers: Sequence[int]) -> BoxRows:
        """All boxes that are in the pictures, for heads whose pictures are drawn the same way."""
        specs = [self._heads[number].spec for number in numbers]
        truncated = any(
            spec.wants("truncation") or spec.visibility.max_truncation is not None for spec in specs
        )
        there, values = _boxes(
            looked, self._labels, specs[0].tolerance_px, with_truncation=truncated
        )
        images, rows = looked.images[there], looked.boxes[there]
        centres = looked.states[0][there] - looked.origins_m[images]
        depths = np.full(len(there), np.nan)
        if any(spec.wants("depth") for spec in specs):
            quats = np.array([view.world_from_camera.quat_xyzw for view in looked.views])
            depths = rotate(conjugate(quats[images]), centres)[:, 2]
        found = BoxRows(
            images=images,
            rows=rows,
            box_full=values[:, kernels.FULL : kernels.FULL + 4],
            box_clipped=values[:, kernels.CLIPPED : kernels.CLIPPED + 4],
            truncation=values[:, kernels.TRUNCATION],
            distance_m=np.sqrt((centres * centres).sum(axis=1)),
            depth_m=depths,
            ignored=np.zeros(len(there), dtype=np.bool_),
            seen=Stamped.nothing(len(there)),
            masks=None,
            chosen=np.arange(len(there)),
            occluders=(),
        )
        drawn = frozenset[int]().union(
            *(self._heads[n].rows for n in numbers if self._heads[n].spec.needs_silhouettes)
        )
        with_masks = any(spec.wants("mask_whole", "mask_visible") for spec in specs)
        if not drawn:
            nothing = Texts(np.zeros(0, np.uint8), np.zeros(len(there), np.int64))
            return replace(found, masks=(nothing, nothing) if with_masks else None)
        asked = _among(rows, drawn, len(self._labels))
        rules = specs[0].occluders
        seen, *masks = self._drawing.stamp(
            looked,
            there,
            scale=rules.cuboid_scale if rules.cuboids else None,
            asked=asked,
            label_count=len(self._labels),
            with_masks=with_masks,
        )
        ways = ("cuboids", rules.cuboids), ("polygons", rules.polygons)
        used = tuple(name for name, hides in ways if hides)
        texts = (masks[0], masks[1]) if with_masks else None
        return replace(found, seen=seen, masks=texts, occluders=used)

    def _of_head(
        self, whole: BoxRows, number: int, looked: Looked, share: Sequence[int]
    ) -> BoxRows:
        """Those that a head takes, and that its rules let it have."""
        head = self._heads[number]
        kept = _among(whole.rows, head.rows, len(self._labels))
        if len(share) < len(looked):
            kept &= np.isin(whole.images, np.asarray(share, dtype=np.int64))
        found = whole if kept.all() else whole.take(kept)
        against = _against(found, head.spec)
        if against is not None and against.any():
            if head.spec.visibility.otherwise == "drop":
                found = found.take(~against)
            else:
                found = replace(found, ignored=against)
        if not head.spec.needs_silhouettes:
            found = replace(found, seen=None, masks=None)
        return found if head.spec.needs_occluders else replace(found, occluders=())


def _is_plain(spec: TargetSpec) -> bool:
    """Whether whole arrays can say all that a spec asks for of boxes."""
    return spec.sweeps is None and _SAID.issuperset(spec.targets)


def _among(rows: Int64Array, chosen: frozenset[int], count: int) -> BoolArray:
    """(n,) which rows (n,) of a table of ``count`` are some of them."""
    table = np.zeros(count, dtype=np.bool_)
    table[list(chosen)] = True
    return table[rows]


def _boxes(
    looked: Looked, labels: Sequence[BatchLabel], tolerance_px: float, *, with_truncation: bool
) -> tuple[Int64Array, Float64Array]:
    """The boxes (k,) of ``looked`` that are in their pictures, and their numbers (k, 9)."""
    camera = looked.views[0].camera
    count = len(looked.boxes)
    outcome, numbers = np.empty(count, dtype=np.uint8), np.full((count, kernels.NUMBERS), np.nan)
    limit = cone_cosine(camera.limit_rad * LIMIT_SHARE)
    tables = SILHOUETTES, FACES
    if is_straight(looked.views[0]):
        pinhole_boxes_in(
            looked.sights, looked.corners, looked.firsts, limit, tables, with_truncation,
            outcome, numbers,
        )  # fmt: skip
    else:
        cosines = cone_cosine(picture_cone_rad(camera)), limit
        room = _ROOM
        while not kernels.project_boxes_in(
            looked.sights, looked.corners, looked.firsts, cosines, tolerance_px, tables,
            outcome, numbers, np.empty((room, 2)), np.empty(room, dtype=np.int64),
        ):  # fmt: skip
            room *= 4
    _look_closer(looked, labels, tolerance_px, outcome, numbers)
    there = np.flatnonzero(outcome == kernels.THERE)
    return there, numbers[there]


def _look_closer(
    looked: Looked,
    labels: Sequence[BatchLabel],
    tolerance_px: float,
    outcome: UInt8Array,
    numbers: Float64Array,
) -> None:
    """Boxes that the camera is in, or passes, during the read-out: one by one."""
    for box in np.flatnonzero(outcome == kernels.SPECIAL).tolist():
        outcome[box] = kernels.OFF
        track = labels[int(looked.boxes[box])].track
        view = looked.views[int(looked.images[box])]
        whole = None if track is None else project_cuboid(view, track, tolerance_px=tolerance_px)
        if whole is None:
            continue
        outcome[box] = kernels.THERE
        for first, sides in (
            (kernels.FULL, whole.box_full),
            (kernels.CLIPPED, whole.box_clipped),
        ):
            numbers[box, first : first + 4] = np.nan if sides is None else sides
        numbers[box, kernels.TRUNCATION] = whole.truncation


def _against(found: BoxRows, spec: TargetSpec) -> BoolArray | None:
    """(n,) which break a visibility rule; None: there is none."""
    rules, against = spec.visibility, []
    if rules.max_distance_m is not None:
        against.append(found.distance_m > rules.max_distance_m)
    if rules.min_distance_m is not None:
        against.append(found.distance_m < rules.min_distance_m)
    if rules.max_truncation is not None:
        against.append(found.truncation > rules.max_truncation)
    if rules.min_box_height_px is not None:
        heights = found.box_clipped[:, 3] - found.box_clipped[:, 1]
        against.append(heights < rules.min_box_height_px)
    if found.seen is not None and rules.min_visible_px is not None:
        against.append(found.seen.seen_px < rules.min_visible_px)
    if found.seen is not None and rules.min_visible_fraction is not None:
        shares = found.seen.seen_px / np.maximum(found.seen.whole_px, 1)
        against.append(shares < rules.min_visible_fraction)
    return np.logical_or.reduce(against) if against else None
