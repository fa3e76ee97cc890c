"""WebDataset: tar files that are read from their start to their end, one sample after the other.

A sample is an image with the targets of all heads (``jpg`` or ``png``, ``json``, ``<head>.json``,
``<head>.<picture>.png``), or a tick with its rasters (``json``, ``<head>.npz``).
"""

import tarfile
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any, Self

import orjson

from labelapp.datasets.formats.archive import tar_add
from labelapp.datasets.formats.pictures import recorded_picture
from labelapp.datasets.formats.targets_reader import PieceReader, TargetsReader
from projection.batch import chunk_files
from projection.batch.plan import Chunk

_UNSPLIT = "samples"
#: A shard ends with the sample that reaches either.
_MOST_SAMPLES = 1000
_MOST_BYTES = 256 * 1024 * 1024
_IMAGE = ("clip_id", "clip", "camera", "time_ns", "image", "width", "height", "calibration_hash")
_OF_IMAGE = frozenset({*_IMAGE, "has_picture", "code_version"})
#: What a head that has no name is called in a sample.
_UNNAMED = "targets"


def write(targets: TargetsReader, folder: Path) -> list[str]:
    """Write ``<split>-000000.tar`` and those that follow, with the targets of all heads."""
    with _Shards(folder, targets.split or _UNSPLIT) as shards:
        for readers in targets.pieces_of_heads():
            samples = _images if isinstance(readers[0].piece, Chunk) else _ticks
            for key, parts in samples(readers):
                shards.add(key, parts)
        return shards.names


class _Shards:
    """Tar files, one after the other."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self.names: list[str] = []
        self._archive: tarfile.TarFile | None = None
        self._samples = self._bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self._close()

    def add(self, key: str, parts: list[tuple[str, bytes]]) -> None:
        """Add a sample: what its files are called after the key, and what is in them."""
        if self._archive is None:
            self.names.append(f"{self._name}-{len(self.names):06d}.tar")
            path = self._folder / self.names[-1]
            self._archive = tarfile.open(path, "w", format=tarfile.GNU_FORMAT)  # noqa: SIM115
            self._samples = self._bytes = 0
        for extension, content in parts:
            self._bytes += tar_add(self._archive, f"{key}.{extension}", content)
        self._samples += 1
        if self._samples >= _MOST_SAMPLES or self._bytes >= _MOST_BYTES:
            self._close()

    def _close(self) -> None:
        if self._archive is not None:
            self._archive.close()
            self._archive = None


def _images(readers: list[PieceReader]) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """Yield a piece's images: key, and the parts of the sample."""
    clip = readers[0].clip
    images: dict[int, dict[str, Any]] = {}
    parts: dict[int, list[tuple[str, bytes]]] = {}
    for reader in readers:
        head = reader.head or _UNNAMED
        rows = {
            time_ns: [_own(row) for row in found]
            for time_ns, found in groupby(reader.targets().to_pylist(), key=itemgetter("time_ns"))
        }
        pictures = _pictures_by_time(reader)
        for row in reader.images().to_pylist():
            time_ns = row["time_ns"]
            images.setdefault(time_ns, row)
            own = parts.setdefault(time_ns, [])
            targets: dict[str, Any] = {"targets": rows.get(time_ns, [])}
            if row.get("semantic") is not None:
                targets["semantic"] = row["semantic"]
            own.append((f"{head}.json", orjson.dumps(targets)))
            own += [(f"{head}.{kind}.png", c) for kind, c in pictures.get(time_ns, ())]
    for time_ns in sorted(images):
        row = images[time_ns]
        key = str(PurePosixPath(row["image"].removeprefix("images/")).with_suffix(""))
        about = {name: row[name] for name in _IMAGE} | {"time_ns": str(time_ns)}
        picture = recorded_picture(clip, row["camera"], time_ns)
        first = [] if picture is None else [(picture[1], picture[0])]
        about |= {"world_from_ego": clip.trajectory.at(time_ns).to_dict()}
        number = clip.manifest.camera_number(row["camera"])
        about["camera_spec"] = clip.manifest.cameras[number].spec
        yield key, [*first, ("json", orjson.dumps(about)), *parts[time_ns]]


def _own(row: dict[str, Any]) -> dict[str, Any]:
    """Return what a row says of the label; what it says of the image is said once."""
    own = {name: value for name, value in row.items() if name not in _OF_IMAGE}
    return own | {"attributes": orjson.loads(row["attributes"])}


def _pictures_by_time(reader: PieceReader) -> dict[int, list[tuple[str, bytes]]]:
    kinds = {folder: kind for kind, folder in chunk_files.PICTURES.items()}
    found: dict[int, list[tuple[str, bytes]]] = {}
    for name, content in reader.files():
        path = PurePosixPath(name.removeprefix(f"{reader.head}/"))
        found.setdefault(int(path.stem), []).append((kinds[path.parts[0]], content))
    return {time_ns: sorted(pictures) for time_ns, pictures in found.items()}


def _ticks(readers: list[PieceReader]) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """Yield a head's ticks: key, and the parts of the sample."""
    (reader,) = readers
    head = reader.head or _UNNAMED
    rasters = dict(reader.files())
    for row in reader.ticks().to_pylist():
        about = row | {"time_ns": str(row["time_ns"]), "head": head}
        key = f"{reader.clip.folder}/ticks.{head}/{row['time_ns']}"
        yield (
            key,
            [("json", orjson.dumps(about)), (f"{head}.npz", rasters[row["raster"]])],
        )
