"""Where a look at targets begins: a clip that has labels, at an image that shows some of them."""

import zipfile
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from labelapp.clips.models import Clip
from labelapp.common.errors import InvalidError
from labelapp.datasets.piece_tables import table_read
from labelapp.datasets.projecting import ClipProjector, table_file
from labelapp.datasets.source import ClipSource
from labelapp.datasets.versions.freezing import Asked
from labelapp.datasets.versions.selecting import first_clip_with_labels
from labelapp.projects.models import Project
from projection.batch.chunk_files import TARGETS
from projection.batch.plan import Chunk
from projection.labels import Cuboid
from projection.target_spec import TargetSpec, TargetSpecs
from projection.target_spec.rules import Sampling

#: Parts of a camera's time that are looked at, whatever there is.
_PARTS = (0.5, 0.25, 0.75, 0.0, 1.0)
#: Moving labels in the middle of whose lives is looked as well: a short one is in few images.
_MOST_LIVES = 8


def clip_to_look_at(asked: Asked, project: Project) -> Clip:
    """Return the first of a selection's clips that has labels; of one project alone.

    Raises:
        InvalidError: none has.
    """
    own = [one for one in asked.projects if one.pk == project.pk]
    clip = first_clip_with_labels(asked.query, own)
    if clip is None:
        query = asked.query
        what = f"layers {', '.join(query.layers)} from {', '.join(query.sources)}"
        msg = f"clip_id: no clip that is asked for has labels of {what}."
        raise InvalidError(msg, details={"fields": {"clip_id": [msg]}})
    return clip


def image_to_look_at(source: ClipSource, spec: TargetSpec, camera: str = "") -> tuple[str, int]:
    """Return a camera, and the number of one of its images that shows labels which a head takes.

    Of the first camera that has such an image, the one that shows most of those that are looked
    at: some moments of the clip, and of the life of some labels. Where all of these show nothing,
    the middle of the first camera.

    Args:
        source: the clip and its labels.
        spec: of the head; which cameras, labels and rules of visibility it has.
        camera: the only one that may be; empty: any that the head takes.

    Raises:
        InvalidError: the clip has no such camera, or none with images that the head takes.
    """
    numbers = [
        number
        for number, one in enumerate(source.manifest.cameras)
        if len(one.times_ns)
        and camera in ("", one.name)
        and (spec.cameras is None or not spec.has_images or one.name in spec.cameras)
    ]
    if not numbers:
        wanted = [camera] if camera else spec.cameras or ["any"]
        msg = (
            f"camera: expected one with images in clip '{source.clip.name}' that the head takes,"
            f" found {', '.join(wanted)}."
        )
        raise InvalidError(msg, details={"fields": {"camera": [msg]}})
    # Which labels an image shows doesn't hang on what is asked of them; this is had for little.
    probing = replace(spec, targets=("distance",), sampling=Sampling(), cameras=None)
    projector = ClipProjector(source, TargetSpecs.of(probing))
    for number in numbers:
        places = _places(source, number, spec)
        counts = _counts(projector, source, number, places)
        best = int(np.argmax(counts))
        if counts[best]:
            return source.manifest.cameras[number].name, places[best]
    first = source.manifest.cameras[numbers[0]]
    return first.name, (len(first.times_ns) - 1) // 2


def _places(source: ClipSource, number: int, spec: TargetSpec) -> list[int]:
    """Return the numbers of the images that are looked at; the middle one first."""
    times = source.manifest.cameras[number].times_ns
    last = len(times) - 1
    found = [round(part * last) for part in _PARTS]
    lives = [
        (int(label.times_ns[0]) + int(label.times_ns[-1])) // 2
        for one in source.labels
        if isinstance(label := one.label, Cuboid) and not label.static
        if spec.class_of_label(label, one.layer) is not None
    ]
    step = max(1, -(-len(lives) // _MOST_LIVES))
    found += [min(int(np.searchsorted(times, middle)), last) for middle in lives[::step]]
    return list(dict.fromkeys(found))


def _counts(
    projector: ClipProjector, source: ClipSource, number: int, places: list[int]
) -> list[int]:
    """Return how many labels each image shows, without those that are to be ignored."""
    images = source.images_of(number)
    in_order = sorted(places)
    folder = source.camera_folders[number]
    chunk = Chunk(source.camera(number), folder, 0, tuple(images[place] for place in in_order))
    with TemporaryDirectory(prefix="labelapp-preview-") as name:
        path = Path(name) / "piece.zip"
        projector.make(chunk, path, progress=lambda _: None)
        with zipfile.ZipFile(path) as archive:
            table = table_read(archive.read(f"{TARGETS}/{table_file(chunk)}"))
    seen: dict[int, int] = {}
    for time_ns, ignored in zip(
        table.column("time_ns").to_pylist(), table.column("ignored").to_pylist(), strict=True
    ):
        seen[time_ns] = seen.get(time_ns, 0) + (not ignored)
    return [seen.get(images[place].time_ns, 0) for place in places]
