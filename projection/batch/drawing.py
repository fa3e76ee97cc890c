"""One image drawn: what is in front, whose each pixel is, what of a label is seen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from projection import rle
from projection.arrays import BoolArray, Float64Array, Int32Array
from projection.batch.label_table import BatchLabel
from projection.batch.scene import Seen, Surfaces
from projection.kernels.boxes import FACES
from projection.labels import Polygon
from projection.raster.amodal import silhouettes
from projection.raster.memory import Workspace
from projection.raster.points import visible
from projection.raster.tessellate import Triangles, concatenate
from projection.raster.zbuffer import ZBuffer, rasterise
from projection.target_spec import TargetSpec
from projection.tracks import CORNER_SIGNS

#: Two triangles of each face, in the order of ``CORNER_SIGNS``, anticlockwise from outside.
_BOX_TRIANGLES = np.concatenate([FACES[:, [0, 1, 2]], FACES[:, [0, 2, 3]]])
_DEPTH_STEPS_PER_M = 256.0
_DEPTH_MOST = 65535


@dataclass(frozen=True, slots=True)
class Silhouette:
    """A label's own pixels.

    Attributes:
        whole_px: In the picture, whatever stands in front.
        visible_px: Of these, seen.
        whole: Mask as a COCO run-length string.
        visible: The same of what is seen.
        visible_box: Tight box of what is seen, px; None: nothing is.
        hidden: Share that isn't seen.
        hiders: Rows of the label table that hide most of it, and how many pixels each.
    """

    whole_px: int
    visible_px: int
    whole: str
    visible: str
    visible_box: tuple[float, float, float, float] | None
    hidden: float
    hiders: tuple[tuple[int, int], ...]


class Drawing:
    """One image drawn, as far as it's asked for.

    Args:
        labels: The label table.
        spec: Says what hides others.
        surfaces: Of labels that stand still.
        memory: For the picture of what hides others, and for the one of everything.
        seen: The image.
        boxes: (k,) which boxes of ``seen`` are in the picture.
    """

    def __init__(
        self,
        labels: Sequence[BatchLabel],
        spec: TargetSpec,
        surfaces: Surfaces,
        memory: tuple[Workspace, Workspace],
        seen: Seen,
        boxes: BoolArray,
    ) -> None:
        self._labels = labels
        self._spec = spec
        self._memory = memory
        self._seen = seen
        self._origin = seen.view.origin_m
        self._corners = seen.corners[boxes]
        self._rows = seen.boxes[boxes].astype(np.int32)
        self._scenery = surfaces.scenery
        self._still = surfaces.of(seen.others.tolist())
        self._grounds = surfaces.of(
            [row for row in seen.others.tolist() if isinstance(labels[row].label, Polygon)]
        )

    @cached_property
    def occluders(self) -> ZBuffer:
        """What hides labels: scenery, boxes made smaller, and surfaces."""
        rules = self._spec.occluders
        parts: list[Triangles] = [*self._scenery]
        if rules.cuboids:
            parts.append(self._cuboids(rules.cuboid_scale))
        if rules.polygons:
            parts += [
                replace(ground, nearer=np.zeros_like(ground.nearer)) for ground in self._grounds
            ]
        return rasterise(
            self._seen.view, concatenate(parts, self._origin), workspace=self._memory[0]
        )

    @cached_property
    def everything(self) -> ZBuffer:
        """Whose each pixel is: scenery, and all labels in full size."""
        shown = concatenate([self._full, *self._scenery], self._origin)
        return rasterise(self._seen.view, shown, workspace=self._memory[1])

    @cached_property
    def _full(self) -> Triangles:
        """Surfaces in full size; paint is nearer than the road that it lies on."""
        return concatenate([self._cuboids((1.0, 1.0, 1.0)), *self._still], self._origin)

    def _cuboids(self, scale: tuple[float, float, float]) -> Triangles:
        """The boxes, their sizes multiplied, at their speeds."""
        corners = self._corners
        if scale != (1.0, 1.0, 1.0):
            corners = np.einsum("ab,kbc->kac", _shrinking(scale), corners)
        moving = corners[:, _BOX_TRIANGLES]
        count = len(moving) * 12
        return Triangles(
            origin_m=self._origin,
            vertices_m=np.ascontiguousarray(moving[..., :3]).reshape(count, 3, 3),
            owners=np.repeat(self._rows, 12),
            velocities_mps=(
                np.ascontiguousarray(moving[..., 3:]).reshape(count, 3, 3)
                if self._seen.view.shutter.is_rolling
                else None
            ),
            solids=np.repeat(np.arange(len(moving), dtype=np.int32), 12),
            nearer=np.zeros(count, dtype=np.float32),
        )

    def silhouettes(self, rows: Sequence[int]) -> dict[int, Silhouette]:
        """Whole and visible pixels of those of these labels that have a surface."""
        surfaced = set(np.unique(self._full.owners).tolist())
        owners = np.array([row for row in rows if row in surfaced], dtype=np.int32)
        found = silhouettes(self._full, self.occluders, owners, workspace=self._memory[0])
        result = {}
        for place, row in enumerate(owners.tolist()):
            u0, v0, u1, v1 = found.visible.boxes_px[place].tolist()
            result[row] = Silhouette(
                whole_px=int(found.whole.areas_px[place]),
                visible_px=int(found.visible.areas_px[place]),
                whole=found.whole.counts[place].decode("ascii"),
                visible=found.visible.counts[place].decode("ascii"),
                visible_box=(u0 - 0.5, v0 - 0.5, u1 + 0.5, v1 + 0.5) if u1 >= u0 else None,
                hidden=float(found.hidden[place]),
                hiders=tuple(
                    (int(hider), int(pixels))
                    for hider, pixels in zip(
                        found.hiders[place], found.hider_px[place], strict=True
                    )
                    if hider >= 0
                ),
            )
        return result

    def sees(self, points_m: Float64Array) -> BoolArray:
        """(n,) which points (n, 3), world, nothing hides."""
        return visible(self._seen.view, points_m, self.occluders)

    def _pictured(self, numbers: npt.NDArray[np.int32]) -> Int32Array:
        """A picture of numbers of rows of the label table; -1 where nobody is."""
        return np.asarray(np.append(numbers, np.int32(-1))[self.everything.owner])

    def semantic(self) -> Iterator[tuple[str, int, str]]:
        """Name, area and mask of each class in the picture; labels left out count as nothing."""
        names = sorted({entry.class_name for entry in self._labels if entry.class_name is not None})
        place = {name: number for number, name in enumerate(names)}
        classes = np.array(
            [-1 if e.class_name is None else place[e.class_name] for e in self._labels],
            dtype=np.int32,
        )
        masks = rle.encode_ids(self._pictured(classes))
        for index, number in enumerate(masks.owners.tolist()):
            yield names[number], int(masks.areas_px[index]), masks.counts[index].decode("ascii")

    def id_picture(self, rows: Sequence[int]) -> bytes:
        """PNG of places in ``rows``, plus one; 0: none of these."""
        numbers = np.full(len(self._labels), -1, dtype=np.int32)
        numbers[list(rows)] = np.arange(len(rows))
        return rle.id_picture(self._pictured(numbers))

    def depth_picture(self) -> bytes:
        """PNG of depth along the optical axis in 1/256 m; 0: nothing there, or further off."""
        depth = self.everything.depth_m
        steps = np.rint(np.where(np.isfinite(depth), depth, 0.0) * _DEPTH_STEPS_PER_M)
        steps = np.where((steps < 0) | (steps > _DEPTH_MOST), 0, steps)
        done, encoded = cv2.imencode(".png", np.ascontiguousarray(steps.astype(np.uint16)))
        if not done:
            message = f"depth picture: expected a picture that a PNG can hold, found {depth.shape}"
            raise ValueError(message)
        return bytes(encoded.tobytes())


def _shrinking(scale: tuple[float, float, float]) -> Float64Array:
    """(8, 8) weights that make the corners of a smaller box from those of a box."""
    signs = CORNER_SIGNS * np.array(scale)
    weights: Float64Array = 0.5 * (1.0 + signs[:, None, :] * CORNER_SIGNS[None])
    return np.asarray(weights.prod(axis=2))
