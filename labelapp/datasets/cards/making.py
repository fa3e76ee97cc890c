"""Making a card: a version's targets projected, counted, and some pictures of them drawn.

A job of its own does it, or the export of a version that has none yet.
"""

import base64
import io
from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import pyarrow as pa
from PIL import Image

from labelapp.clips.selectors import image_file
from labelapp.clips.storage import clip_storage
from labelapp.common.jobs import JobContext
from labelapp.common.storage import delete_folder, put_bytes, read_all
from labelapp.datasets.cards.examples import Example, Examples
from labelapp.datasets.cards.places import Places
from labelapp.datasets.cards.tally import Tally
from labelapp.datasets.drawing import scaled_to, targets_drawn
from labelapp.datasets.models import DatasetVersion
from labelapp.datasets.piece_tables import table_read
from labelapp.datasets.pieces import piece_ensure, piece_open
from labelapp.datasets.projecting import ClipProjector, pieces_of, table_file
from labelapp.datasets.source import ClipSource, Part, specs_from
from labelapp.datasets.storage import card_prefix, export_storage
from labelapp.ontology.models import OntologyVersion
from projection.batch import chunk_files
from projection.batch.plan import Chunk
from projection.target_spec import TargetSpec, TargetSpecs
from projection.target_spec.rules import Sampling

FORMAT = "labelapp-card/1"
CARD_FILE = "card.json"
_TARGETS = (
    "box2d_clipped", "outline", "polyline", "polygon", "keypoints", "truncation", "occlusion",
    "distance",
)  # fmt: skip
#: More images than this are not looked at: what a card says changes no more.
MOST_IMAGES = 4000
_EXAMPLE_WIDTH = 640
#: What is hidden by more than this isn't drawn over what hides it.
_HIDDEN = 0.95


def card_make(context: JobContext, version: DatasetVersion) -> None:
    """Make the card of a version, and publish it.

    Args:
        context: of the job.
        version: which.
    """
    prefix = card_prefix(version.content_hash)
    pieces = f"{prefix}/pieces"
    context.progress(0, card_image_count(version, context.check), "projecting")
    card = card_counted(version, pieces, context.progress)
    with context.publish():
        put_bytes(export_storage(), f"{prefix}/{CARD_FILE}", orjson.dumps(card))
    delete_folder(export_storage(), pieces)


def card_image_count(version: DatasetVersion, check: Callable[[], None]) -> int:
    """Return how many images are projected for a card; ``check`` may raise to stop."""
    specs, _ = _specs_of(version)
    total = 0
    for clip in _clips_of(version):
        total += sum(len(piece.images) for piece in pieces_of(clip, specs))
        check()
    return total


def card_counted(
    version: DatasetVersion, prefix: str, progress: Callable[[int], None]
) -> dict[str, Any]:
    """Return what a card says.

    Args:
        version: of which.
        prefix: the folder in the storage of exports where pieces are kept while it is made, so
            that whoever goes on finds them; nobody else may take them away.
        progress: told how many images are done; may raise to stop.
    """
    specs, every = _specs_of(version)
    colors = _colors_of(version)
    tally, examples, places = Tally(), Examples(), Places()
    done = 0
    with TemporaryDirectory(prefix="labelapp-card-") as folder:
        for clip in _clips_of(version):  # each is forgotten with its labels before the next
            places.add(clip)
            onwards = partial(_onwards, progress, done)
            for piece, table in _tables(clip, specs, prefix, Path(folder), onwards):
                tally.add(
                    table, camera=piece.camera.name, images=len(piece.images), split=clip.split
                )
                examples.add(clip, piece, table)
                done += len(piece.images)
                progress(done)
    return {
        "format": FORMAT,
        "content_hash": version.content_hash,
        "every": every,
        **tally.to_dict(),
        "labels": version.sums["classes"],
        "colors": colors,
        "places": places.found,
        "examples": [_drawn(one, colors) for one in examples.chosen()],
    }


def _specs_of(version: DatasetVersion) -> tuple[TargetSpecs, int]:
    """Return what is projected for a card, and that only every so many images are."""
    every = max(1, -(-int(version.sums["images"]) // MOST_IMAGES))
    heads = [spec for _, spec in specs_from(version.spec).heads]
    cameras = None
    if all(spec.cameras is not None for spec in heads):
        cameras = tuple(sorted({name for spec in heads for name in spec.cameras or ()}))
    spec = TargetSpec(targets=_TARGETS, cameras=cameras, sampling=Sampling(every=every))
    return TargetSpecs.of(spec), every


def _clips_of(version: DatasetVersion) -> Iterator[ClipSource]:
    items = version.items.select_related("clip", "label_set").order_by(
        "position", "label_set__layer"
    )
    for position, group in groupby(items, key=lambda item: item.position):
        listed = list(group)
        parts = tuple(Part(item.label_set, item.revision) for item in listed)
        yield ClipSource(position, listed[0].clip, parts, listed[0].split)


def _colors_of(version: DatasetVersion) -> dict[str, str]:
    colors: dict[str, str] = {}
    used = version.items.values("ontology").distinct().order_by()
    for ontology in OntologyVersion.objects.filter(pk__in=used).order_by("version", "pk"):
        for layer in ontology.body["layers"]:
            for one in layer["classes"]:
                colors.setdefault(str(one["name"]), str(one["color"]))
    return dict(sorted(colors.items()))


def _tables(
    clip: ClipSource,
    specs: TargetSpecs,
    prefix: str,
    folder: Path,
    progress: Callable[[int], None],
) -> Iterator[tuple[Chunk, pa.Table]]:
    """Yield a clip's targets, piece by piece; those that are there are not projected again."""
    projector = ClipProjector(clip, specs)
    done = 0
    for piece in pieces_of(clip, specs):
        if not isinstance(piece, Chunk):
            continue
        stored = f"{prefix}/{clip.clip.pk}/{projector.name(piece)}"
        copy = folder / "piece.zip"
        onwards = partial(_onwards, progress, done)
        piece_ensure(projector, piece, stored, copy, progress=onwards)
        done += len(piece.images)
        archive = piece_open(stored, copy)
        if archive is None:
            msg = f"{stored} was taken away while it was read"
            raise FileNotFoundError(msg)
        with archive:
            content = archive.read(f"{chunk_files.TARGETS}/{table_file(piece)}")
        yield piece, table_read(content)


def _onwards(progress: Callable[[int], None], before: int, count: int) -> None:
    progress(before + count)


def _drawn(example: Example, colors: dict[str, str]) -> dict[str, Any]:
    """Return an example with its picture drawn."""
    clip = example.clip
    index = clip.images_by_time(example.camera)[example.time_ns]
    file = image_file(clip.clip, example.camera, index, is_thumbnail=False)
    with Image.open(io.BytesIO(read_all(clip_storage(), file.name))) as picture:
        seen = [row for row in example.rows if (row["occlusion"] or 0.0) < _HIDDEN]
        drawn = targets_drawn(scaled_to(picture, _EXAMPLE_WIDTH), seen, colors)
    return {
        "class": example.class_name,
        "clip": clip.clip.name,
        "clip_id": str(clip.clip.pk),
        "camera": example.camera,
        "time_ns": str(example.time_ns),
        "targets": len(seen),
        "jpeg": base64.b64encode(drawn).decode(),
    }
