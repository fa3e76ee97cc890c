"""What is known of a clip's pieces when they are all there: kept beside them.

Whoever reads them needs neither the clip's labels nor its images to find them, to number tracks and
classes, or to say what a format can't hold. It is filed under all that it depends on, so that the
next export of the same clip, labels, spec and code finds it by its name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from labelapp.common.storage import put_bytes, read_all
from labelapp.datasets.code_version import code_version
from labelapp.datasets.source import ClipSource, LabelOutline
from labelapp.datasets.storage import export_storage
from projection.batch.code_version import code_version as projection_version
from projection.batch.inputs import hash_of

FORMAT = "labelapp-pieces/1"
_BEGIN = "index-"


@dataclass(frozen=True, slots=True)
class PieceEntry:
    """One piece.

    Attributes:
        stored: its file's name in storage.
        file: the name of its tables in that file.
        heads: the places of those heads that have some of it.
        images: how many images, or ticks, it has.
        pictures: how many of these images were kept.
        is_ticks: whether it is of ticks.
    """

    stored: str
    file: str
    heads: Sequence[int]
    images: int
    pictures: int
    is_ticks: bool


@dataclass(frozen=True)
class PieceIndex:
    """All pieces of a clip, for one spec.

    Attributes:
        pieces: in order: camera by camera, by time, then ticks.
        labels: by layer and id; a label's place is its track's number.
        classes: by head: those that occur in its targets, sorted.
    """

    pieces: list[PieceEntry]
    labels: list[LabelOutline]
    classes: list[list[str]]

    @cached_property
    def images(self) -> int:
        """How many images and ticks there are."""
        return sum(piece.images for piece in self.pieces)

    @cached_property
    def pictures(self) -> int:
        """How many images were kept."""
        return sum(piece.pictures for piece in self.pieces)

    @cached_property
    def tracks(self) -> dict[tuple[str, str], int]:
        """The numbers of the labels, by layer and id."""
        return {(one.layer, one.label_id): number for number, one in enumerate(self.labels)}


def index_name(clip: ClipSource, specs_hash: str) -> str:
    """Return the file's name: a hash of all that the pieces and their order depend on."""
    parts = [[str(part.label_set.pk), part.revision] for part in clip.parts]
    about = [
        *(FORMAT, clip.clip.content_hash, clip.folder, parts),
        *(specs_hash, code_version(), projection_version()),
    ]
    return f"{_BEGIN}{hash_of(about)}.json"


def index_write(stored: str, index: PieceIndex) -> None:
    """Keep an index."""
    document = {
        "pieces": [
            [one.stored, one.file, list(one.heads), one.images, one.pictures, one.is_ticks]
            for one in index.pieces
        ],
        "labels": [list(one) for one in index.labels],
        "classes": index.classes,
    }
    put_bytes(export_storage(), stored, orjson.dumps(document))


def index_read(stored: str) -> PieceIndex | None:
    """Return an index; None: it is not there."""
    try:
        document: dict[str, Any] = orjson.loads(read_all(export_storage(), stored))
    except FileNotFoundError:
        return None
    return PieceIndex(
        [PieceEntry(*one) for one in document["pieces"]],
        [LabelOutline(*one) for one in document["labels"]],
        document["classes"],
    )
