"""One target spec, for one training head; and several of them, by the heads' names."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from typing import Any

from projection.labels import Label
from projection.spec import shown
from projection.target_spec import checking
from projection.target_spec.checking import Checked
from projection.target_spec.names import (
    ALL_TARGETS,
    DEFAULT_TARGETS,
    GEOMETRIES,
    IMAGE_TARGETS,
    KINDS,
    TICK_TARGETS,
)
from projection.target_spec.rules import (
    ClassRule,
    Occluders,
    PlaneGrid,
    Sampling,
    Space,
    Sweeps,
    Visibility,
)

#: px between straight pieces and true curves.
TOLERANCE_PX = 0.05
#: Which targets can't be had without drawing the picture.
_HIDEABLE = frozenset(
    {"box2d_visible", "mask_visible", "occlusion", "polyline", "keypoints", "point_count"}
)
_DRAWN = _HIDEABLE | {"mask_whole"} | frozenset(IMAGE_TARGETS)
_HEAD_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_MOST_HEADS = 64
#: What says which images, and nothing about what is in them.
_NOT_DECISIVE = ("name", "cameras", "sampling")


@dataclass(frozen=True, slots=True)
class TargetSpec:
    """A target spec, checked.

    Attributes:
        targets: Names, in the order of ``ALL_TARGETS``.
        name: What people call it; it decides nothing.
        layers: Of the labels; None: all.
        geometries: Of the labels; None: all.
        classes: None: all classes, as they are.
        cameras: None: all.
        sampling: Which images, which ticks.
        visibility: Which labels of an image are left out.
        occluders: What hides labels.
        sweeps: Which points belong to an image or a tick; None: none do.
        grid: Of ``bev`` and ``flow``.
        space: Of ``occupancy``.
        tolerance_px: How far straight pieces may be off the true curves.
    """

    targets: tuple[str, ...] = DEFAULT_TARGETS
    name: str = "targets"
    layers: tuple[str, ...] | None = None
    geometries: tuple[str, ...] | None = None
    classes: tuple[ClassRule, ...] | None = None
    cameras: tuple[str, ...] | None = None
    sampling: Sampling = field(default_factory=Sampling)
    visibility: Visibility = field(default_factory=Visibility)
    occluders: Occluders = field(default_factory=Occluders)
    sweeps: Sweeps | None = None
    grid: PlaneGrid | None = None
    space: Space | None = None
    tolerance_px: float = TOLERANCE_PX

    @classmethod
    def from_dict(cls, document: Any) -> "TargetSpec":
        """From its JSON form.

        Raises:
            SpecError: With the field's name, what was expected and what was found.
        """
        return _read(Checked(document, "target spec"))

    def to_dict(self) -> dict[str, Any]:
        """The JSON form, complete; ``from_dict`` of it gives the same spec."""
        document = asdict(self)
        for bound in ("from_ns", "to_ns"):
            value = document["sampling"][bound]
            document["sampling"][bound] = None if value is None else str(value)
        plain: dict[str, Any] = json.loads(json.dumps(document))
        return plain

    @property
    def content_hash(self) -> str:
        """SHA-256 (hexadecimal) of what decides about an image's targets: not which images."""
        decisive = self.to_dict()
        for other in _NOT_DECISIVE:
            del decisive[other]
        text = json.dumps(decisive, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def wants(self, *names: str) -> bool:
        """Whether any of these targets is asked for."""
        targets = self.targets
        for name in names:  # noqa: SIM110  asked of every label: a generator takes four times as long
            if name in targets:
                return True
        return False

    @property
    def has_images(self) -> bool:
        """Whether it asks for anything of images, not only of ticks."""
        return any(name not in TICK_TARGETS for name in self.targets)

    @property
    def has_ticks(self) -> bool:
        """Whether it asks for anything of ticks."""
        return self.wants(*TICK_TARGETS)

    @property
    def needs_drawing(self) -> bool:
        """Whether a target or a rule asks which pixels are seen."""
        return self.visibility.needs_pixels or not _DRAWN.isdisjoint(self.targets)

    @property
    def needs_occluders(self) -> bool:
        """Whether a target or a rule asks what hides what."""
        return self.visibility.needs_pixels or not _HIDEABLE.isdisjoint(self.targets)

    @property
    def needs_silhouettes(self) -> bool:
        """Whether a target or a rule asks for a label's own pixels."""
        return self.visibility.needs_pixels or self.wants(
            "box2d_visible", "mask_whole", "mask_visible", "occlusion"
        )

    def class_of(self, class_name: str) -> str | None:
        """What a label's class is called among the targets; None: it is left out."""
        if self.classes is None:
            return class_name
        return next((rule.name for rule in self.classes if class_name in rule.of), None)

    def class_of_label(self, label: Label, layer: str) -> str | None:
        """What a label's class is called among the targets; None: the label is left out."""
        if self.layers is not None and layer not in self.layers:
            return None
        if self.geometries is not None and label.geometry not in self.geometries:
            return None
        return self.class_of(label.class_name)


@dataclass(frozen=True, slots=True)
class TargetSpecs:
    """The target specs of one run.

    Attributes:
        name: What people call all of them together.
        heads: Name and spec of each; a single one without a name is ``("", spec)``.
    """

    name: str
    heads: tuple[tuple[str, TargetSpec], ...]

    @classmethod
    def of(cls, spec: TargetSpec) -> "TargetSpecs":
        """A single spec."""
        return cls(spec.name, (("", spec),))

    @classmethod
    def from_dict(cls, document: Any, where: str = "target spec") -> "TargetSpecs":
        """From the JSON form: a spec, or an object with ``heads``.

        Args:
            document: The JSON form.
            where: What errors call it, such as the file's name.

        Raises:
            SpecError: With the field's name, what was expected and what was found.
        """
        fields = Checked(document, where)
        if "heads" not in fields.values:
            return cls.of(_read(fields))
        shared = tuple(name for name in TargetSpec.__slots__ if name != "targets")
        fields.known(("heads", *shared))
        # What all heads share is checked under its own name first.
        _read(Checked({**_without(fields, "heads"), "targets": ["corners"]}, where))
        heads = fields.part("heads")
        if not 1 <= len(heads.values) <= _MOST_HEADS:
            raise fields.error("heads", f"1 to {_MOST_HEADS} heads", str(len(heads.values)))
        found: list[tuple[str, TargetSpec]] = []
        for name in heads.values:
            if not isinstance(name, str) or not _HEAD_NAME.fullmatch(name):
                expected = "names of letters, digits, - and _, at most 64"
                raise fields.error("heads", expected, shown(name))
            if any(name.lower() == other.lower() for other, _ in found):
                raise fields.error("heads", "names that differ in more than case", shown(name))
            own = heads.part(name)
            merged = {**_without(fields, "heads", "name"), "name": name, **own.values}
            found.append((name, _read(Checked(merged, where, own.prefix))))
        return cls(fields.text("name", default="targets"), tuple(found))

    def to_dict(self) -> dict[str, Any]:
        """The JSON form, complete; ``from_dict`` of it gives the same specs."""
        if self.is_single:
            return self.heads[0][1].to_dict()
        return {"name": self.name, "heads": {name: spec.to_dict() for name, spec in self.heads}}

    @property
    def is_single(self) -> bool:
        """Whether it is one spec without a head's name."""
        return self.heads[0][0] == ""


def _without(fields: Checked, *names: str) -> dict[str, Any]:
    return {key: value for key, value in fields.values.items() if key not in names}


def _read(fields: Checked) -> TargetSpec:
    fields.known(("kind", *TargetSpec.__slots__))
    kind = KINDS[fields.choice("kind", tuple(KINDS))] if fields.has("kind") else None
    targets = checking.names(fields, "targets", choice=ALL_TARGETS)
    if targets is None and kind is not None:
        targets = kind.targets
    if targets is None:
        raise fields.error("targets", "a list of targets")
    geometries = checking.names(fields, "geometries", choice=GEOMETRIES)
    if geometries is None and kind is not None:
        geometries = kind.geometries
    spec = TargetSpec(
        targets=tuple(name for name in ALL_TARGETS if name in targets),
        name=fields.text("name", default="targets"),
        layers=checking.names(fields, "layers"),
        geometries=geometries,
        classes=checking.classes(fields),
        cameras=checking.names(fields, "cameras"),
        sampling=checking.sampling(fields.part("sampling")),
        visibility=checking.visibility(fields.part("visibility")),
        occluders=checking.occluders(fields.part("occluders")),
        sweeps=checking.sweeps(fields),
        grid=checking.plane_grid(fields),
        space=checking.space(fields),
        tolerance_px=fields.number("tolerance_px", default=TOLERANCE_PX, above=0.0, at_most=100.0),
    )
    _check_together(fields, spec)
    return spec


def _check_together(fields: Checked, spec: TargetSpec) -> None:
    """Refuse parts that need each other.

    Raises:
        SpecError: One is missing.
    """
    if spec.wants("bev", "flow") and spec.grid is None:
        raise fields.error("grid", "a grid, for bev and flow")
    if spec.wants("occupancy") and spec.space is None:
        raise fields.error("space", "a grid in space, for occupancy")
    if spec.wants("occupancy") and spec.sweeps is None:
        raise fields.error("sweeps", "which sweeps, for occupancy")
    if spec.occluders.sweeps and spec.sweeps is None:
        raise fields.error("sweeps", "which sweeps, for occluders.sweeps")
