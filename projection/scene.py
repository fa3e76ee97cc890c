"""What there is in the world: labels, and what else stands in their way."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from projection.arrays import Float64Array, Int32Array, Int64Array, rows
from projection.io.label_set import read_label
from projection.labels import Label, LabelSet
from projection.spec import SpecError
from projection.target_spec import TargetSpec

if TYPE_CHECKING:
    from projection.batch.images import ImageMaker
    from projection.batch.label_table import BatchLabel
    from projection.raster.tessellate import Triangles


@dataclass(frozen=True, slots=True)
class Cloud:
    """Points of the world, such as a sweep or a static cloud.

    Attributes:
        positions_m: (n, 3) world.
        spacing_m: Typical distance between neighbours; 0: each is one pixel.
        labels: (n,) numbers of what each belongs to, negative for nothing; None: not known.
    """

    positions_m: Float64Array
    spacing_m: float = 0.0
    labels: Int32Array | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "positions_m", rows(self.positions_m, 3, "positions_m"))
        if self.labels is not None:
            labels = np.asarray(self.labels, dtype=np.int32)
            if labels.shape != (len(self.positions_m),):
                expected = f"one for each of {len(self.positions_m)} points"
                raise SpecError("labels", expected, f"shape {labels.shape}")
            object.__setattr__(self, "labels", labels)


@dataclass(frozen=True, slots=True)
class Mesh:
    """A surface of the world that is no label, such as a reconstruction or the ground.

    Attributes:
        vertices_m: (v, 3) world.
        faces: (f, 3) numbers of vertices; seen from both sides.
    """

    vertices_m: Float64Array
    faces: Int64Array

    def __post_init__(self) -> None:
        object.__setattr__(self, "vertices_m", rows(self.vertices_m, 3, "vertices_m"))
        faces = np.asarray(self.faces, dtype=np.int64).reshape(-1, 3)
        count = len(self.vertices_m)
        if faces.size and not 0 <= int(faces.min()) <= int(faces.max()) < count:
            found = f"{int(faces.min())} to {int(faces.max())}"
            raise SpecError("faces", f"numbers of {count} vertices", found)
        object.__setattr__(self, "faces", faces)


@dataclass(frozen=True)
class Scene:
    """Everything that pictures of a clip may show.

    Keep one scene for all pictures of a clip: it remembers what doesn't depend on the picture.

    Attributes:
        label_sets: Labels by layer; ids are unique within one.
        cloud: Points, for depth and for point labels.
        scenery: What hides labels without being one.
    """

    label_sets: tuple[LabelSet, ...]
    cloud: Cloud | None = None
    scenery: Mesh | None = None
    _makers: dict[TargetSpec, tuple[tuple["BatchLabel", ...], "ImageMaker"]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @classmethod
    def from_labels(
        cls,
        labels: Iterable[Label | Mapping[str, Any]],
        *,
        cloud: Cloud | None = None,
        scenery: Mesh | None = None,
    ) -> "Scene":
        """A scene of labels, checked ones or their JSON form, in one layer.

        Raises:
            FormatError: A label breaks the format, or two have the same id.
        """
        checked = tuple(
            label if isinstance(label, Label) else read_label(label) for label in labels
        )
        return cls((LabelSet("labels", "import", checked),), cloud, scenery)

    def maker(self, spec: TargetSpec) -> tuple[tuple["BatchLabel", ...], "ImageMaker"]:
        """The label table, and what makes targets of it; made once for each spec."""
        from projection.batch.images import ImageMaker  # noqa: PLC0415  loads compiled kernels
        from projection.batch.label_table import label_table  # noqa: PLC0415
        from projection.batch.scenery import Scenery  # noqa: PLC0415

        if spec not in self._makers:
            table = label_table(self.label_sets)
            self._makers[spec] = table, ImageMaker(table, spec, Scenery(mesh=self.scenery))
        return self._makers[spec]

    def triangles(self, owner: int) -> "Triangles | None":
        """The scenery, with the owner that stands for it in pictures."""
        from projection.raster.tessellate import mesh  # noqa: PLC0415  loads compiled kernels

        scenery = self.scenery
        if scenery is None or not len(scenery.faces):
            return None
        return mesh(scenery.vertices_m[0], scenery.vertices_m, scenery.faces, owner)
